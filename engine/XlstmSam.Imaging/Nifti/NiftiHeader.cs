namespace XlstmSam.Imaging;

/// <summary>
/// What a NIfTI file says about its voxels and where they lie. Kept from an input, it gives an output mask the same geometry
/// bit for bit. NIfTI-1 stores these numbers in single precision; they pass through double unchanged.
/// </summary>
public sealed record NiftiHeader : ScanHeader
{
    /// <summary>1 or 2.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The byte order of the file that was read; files are written little-endian.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>The number of dimensions used, 1 to 7.</summary>
    public int Rank { get; init; } = 3;

    /// <summary>The number of voxels along i, j and k.</summary>
    public required Size3 Size { get; init; }

    /// <summary>The product of the dimensions beyond the third.</summary>
    public long VolumeCount { get; init; } = 1;

    /// <summary>
    /// The NIfTI data type code: 2 uint8, 4 int16, 8 int32, 16 float32, 64 float64, 256 int8, 512 uint16, 768 uint32, 1024 int64, 1280 uint64.
    /// </summary>
    public int DataTypeCode { get; init; } = 2;

    /// <summary>Where the voxels begin, in bytes; 0 means right after the header.</summary>
    public long VoxelOffset { get; init; }

    /// <summary>scl_slope: stored values are multiplied by it, unless it is 0.</summary>
    public double Slope { get; init; }

    /// <summary>scl_inter: added after the slope.</summary>
    public double Intercept { get; init; }

    /// <summary>pixdim[0..7]; element 0 is the handedness of the qform, elements 1 to 3 the voxel sizes in file units.</summary>
    public required IReadOnlyList<double> PixDim { get; init; }

    /// <summary>The units of lengths and times as NIfTI codes them; see <see cref="MillimetresPerUnit"/>.</summary>
    public int XyztUnits { get; init; }

    /// <summary>Above 0 where the quaternion counts, unless the sform does.</summary>
    public int QformCode { get; init; }

    /// <summary>Above 0 where the rows count.</summary>
    public int SformCode { get; init; }

    /// <summary>The quaternion's b, c, d.</summary>
    public Vector3d Quaternion { get; init; }

    /// <summary>The qform's position of voxel (0, 0, 0), in file units.</summary>
    public Vector3d QOffset { get; init; }

    /// <summary>The sform's row for R.</summary>
    public SformRow RowX { get; init; }

    /// <summary>The sform's row for A.</summary>
    public SformRow RowY { get; init; }

    /// <summary>The sform's row for S.</summary>
    public SformRow RowZ { get; init; }

    /// <summary>True when the voxels are in a separate .img file.</summary>
    public bool IsPair { get; init; }

    /// <summary>Millimetres per file unit: metres and microns are converted, anything else is taken as millimetres.</summary>
    public double MillimetresPerUnit => (XyztUnits & 7) switch { 1 => 1000, 3 => 0.001, _ => 1 };

    /// <summary>A header for a volume that has none: the affine as sform, and as qform too when its axes are orthogonal.</summary>
    public static NiftiHeader For(VolumeGeometry geometry) => NiftiQform.AddTo(new()
    {
        Version = Math.Max(geometry.Size.X, Math.Max(geometry.Size.Y, geometry.Size.Z)) > short.MaxValue ? 2 : 1,
        Size = geometry.Size,
        PixDim = [1, geometry.Spacing.X, geometry.Spacing.Y, geometry.Spacing.Z, 1, 1, 1, 1],
        XyztUnits = 2,
        SformCode = 1,
        RowX = SformRow.Of(geometry.VoxelToWorld, 0),
        RowY = SformRow.Of(geometry.VoxelToWorld, 1),
        RowZ = SformRow.Of(geometry.VoxelToWorld, 2),
    }, geometry.VoxelToWorld);
}
