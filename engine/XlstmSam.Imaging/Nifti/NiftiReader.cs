using System.IO.Compression;

namespace XlstmSam.Imaging;

/// <summary>
/// Reads NIfTI-1 and NIfTI-2: .nii, .nii.gz and .hdr with .img. Compression is recognised by content, not by name. Header extensions
/// are skipped. Values are scaled by scl_slope and scl_inter unless the slope is 0 or not finite. Every defect of a file is one
/// <see cref="InvalidDataException"/>.
/// </summary>
public static class NiftiReader
{
    private const int TrailingLimit = 1 << 20;

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="InvalidDataException">It is no NIfTI header.</exception>
    public static NiftiHeader ReadHeader(string path)
    {
        using var stream = File.OpenRead(NiftiPaths.HeaderOf(path));
        var subject = Subject(path);
        return ReadHeader(new ByteSource(Decoded(stream, subject), subject));
    }

    /// <summary>The geometry of the file without its voxels.</summary>
    public static VolumeGeometry ReadGeometry(string path) => Geometry(ReadHeader(path), Subject(path));

    /// <summary>The size of a volume, once it is sure that the file can hold one of it; no voxel is read.</summary>
    public static Size3 ReadCheckedSize(string path)
    {
        var subject = Subject(path);
        using var headerFile = File.OpenRead(NiftiPaths.HeaderOf(path));
        var image = NiftiPaths.ImageOf(path);
        using var imageFile = image is null ? null : File.OpenRead(image);
        var header = ReadHeader(new ByteSource(Decoded(headerFile, subject), subject));
        var size = Geometry(header, subject).Size;
        var voxels = size.Count * ElementCodec.SizeOf(NiftiDataType.ElementOf(header.DataTypeCode, subject));
        CheckSize(imageFile ?? headerFile, VoxelStart(header, subject) + voxels, subject);
        return size;
    }

    /// <param name="path">A .nii, .nii.gz, .hdr or .img file.</param>
    /// <param name="volume">The volume of a file that has several, from 0.</param>
    public static NiftiImage<float> ReadImage(string path, int? volume = null) => Read<float>(path, volume, ToFloats);

    /// <summary>Reads a label volume; a value that is not a whole number of 32 bits is refused.</summary>
    public static NiftiImage<int> ReadLabels(string path, int? volume = null) => Read<int>(path, volume, LabelValues.Round);

    /// <summary>Reads a single-file image from a seekable stream; <paramref name="name"/> is used in messages.</summary>
    public static NiftiImage<float> ReadImage(Stream stream, string name, int? volume = null) => Read<float>(stream, null, name, volume, ToFloats);

    /// <summary>Reads single-file labels from a seekable stream; <paramref name="name"/> is used in messages.</summary>
    public static NiftiImage<int> ReadLabels(Stream stream, string name, int? volume = null) => Read<int>(stream, null, name, volume, LabelValues.Round);

    private delegate void Conversion<T>(ReadOnlySpan<double> values, Span<T> voxels, string subject);

    private static NiftiImage<T> Read<T>(string path, int? volume, Conversion<T> convert)
        where T : unmanaged
    {
        using var headerStream = File.OpenRead(NiftiPaths.HeaderOf(path));
        var image = NiftiPaths.ImageOf(path);
        using var imageStream = image is null ? null : File.OpenRead(image);
        return Read(headerStream, imageStream, path, volume, convert);
    }

    private static NiftiImage<T> Read<T>(Stream headerFile, Stream? imageFile, string name, int? volume, Conversion<T> convert)
        where T : unmanaged
    {
        var subject = Subject(name);
        var source = new ByteSource(Decoded(headerFile, subject), subject);
        var header = ReadHeader(source);
        var geometry = Geometry(header, subject);
        var element = NiftiDataType.ElementOf(header.DataTypeCode, subject);
        var index = VolumeIndex(header, volume, subject);
        if (header.IsPair != imageFile is not null)
        {
            throw new InvalidDataException(header.IsPair
                ? $"{subject}: its voxels are in a separate .img file; expected a single file. Pass the .hdr file with the .img file beside it."
                : $"{subject}: the header says that voxels follow in the same file, but it is one of a .hdr/.img pair. Rename it to .nii.");
        }

        var voxelFile = imageFile ?? headerFile;
        var voxelSource = imageFile is null ? source : new ByteSource(Decoded(imageFile, subject), subject);
        var size = header.Size.Count * ElementCodec.SizeOf(element);
        var start = VoxelStart(header, subject) + (index * size);
        var isHonest = CheckSize(voxelFile, start + size, subject);
        voxelSource.Skip(start - voxelSource.Position, "the voxel data");
        var segments = isHonest ? voxelSource.EnumerateSegments(size, "the voxel data") : voxelSource.ReadSegments(size, "the voxel data");
        var voxels = Convert(segments, element, header, convert, subject);
        if (!isHonest)
        {
            voxelSource.Drain(TrailingLimit);
        }

        return new(header, new(geometry, voxels));
    }

    private static NiftiHeader ReadHeader(ByteSource source)
    {
        Span<byte> bytes = stackalloc byte[NiftiHeaderCodec.Size2];
        bytes.Clear();
        source.ReadExactly(bytes[..4], "the NIfTI header");
        var length = NiftiHeaderCodec.HeaderSize(bytes, source.Subject);
        source.ReadExactly(bytes[4..length], "the NIfTI header");
        return NiftiHeaderCodec.Parse(bytes, source.Subject);
    }

    private static VolumeGeometry Geometry(NiftiHeader header, string subject)
    {
        var size = header.Size;
        return (double)size.X * size.Y * size.Z <= Array.MaxLength
            ? new(size, NiftiAffine.Of(header, subject))
            : throw new InvalidDataException($"{subject}: {size} voxels; at most {Array.MaxLength} fit one volume. Split or downsample it.");
    }

    private static long VolumeIndex(NiftiHeader header, int? volume, string subject)
    {
        if (volume is null && header.VolumeCount > 1)
        {
            throw new InvalidDataException($"{subject}: holds {header.VolumeCount} volumes of {header.Size}; expected one. Choose a volume from 0 to " +
                $"{header.VolumeCount - 1}; a data set whose description names its channels uses the first.");
        }

        // 2^60 bytes is beyond any file; the bound keeps offsets from overflowing.
        return volume is null || (volume >= 0 && volume < header.VolumeCount && (double)volume * header.Size.Count * sizeof(double) < 1L << 60)
            ? volume ?? 0
            : throw new InvalidDataException($"{subject}: volume {volume} was asked for; it holds {header.VolumeCount}. Choose a volume from 0 to " +
                $"{header.VolumeCount - 1}.");
    }

    private static long VoxelStart(NiftiHeader header, string subject)
    {
        var earliest = header.IsPair ? 0 : header.Version == 1 ? NiftiHeaderCodec.Size1 + 4 : NiftiHeaderCodec.Size2 + 4;
        var offset = header.VoxelOffset == 0 ? earliest : header.VoxelOffset;
        return offset >= earliest
            ? offset
            : throw new InvalidDataException($"{subject}: vox_offset is {offset}, inside the header; expected {earliest} or more. The header is damaged: " +
                $"export the file again.");
    }

    /// <summary>True when the bytes are known to be there; for a compressed file only that they can be.</summary>
    private static bool CheckSize(Stream file, long needed, string subject)
    {
        if (IsCompressed(file))
        {
            ByteSource.CheckInflation(file.Length, needed, subject);
            return false;
        }

        return needed <= file.Length
            ? true
            : throw new InvalidDataException($"{subject}: {file.Length} bytes; its header needs {needed}. The file is truncated or the header damaged: " +
                $"copy it again.");
    }

    private static T[] Convert<T>(IEnumerable<byte[]> segments, StoredType element, NiftiHeader header, Conversion<T> convert, string subject)
        where T : unmanaged
    {
        var voxels = ElementCodec.Allocate<T>(header.Size.Count, subject);
        var elementSize = ElementCodec.SizeOf(element);
        var scaled = header.Slope != 0 && double.IsFinite(header.Slope) && double.IsFinite(header.Intercept)
            && (header.Slope != 1 || header.Intercept != 0);
        Span<double> block = stackalloc double[1024];
        var at = 0;
        foreach (var segment in segments)
        {
            if (header.IsBigEndian)
            {
                ElementCodec.ReverseBytes(segment, elementSize);
            }

            for (var from = 0; from < segment.Length; from += block.Length * elementSize)
            {
                var some = block[..Math.Min(block.Length, (segment.Length - from) / elementSize)];
                ElementCodec.ToDoubles(segment.AsSpan(from, some.Length * elementSize), element, some);
                if (scaled)
                {
                    Scale(some, header.Slope, header.Intercept);
                }

                convert(some, voxels.AsSpan(at, some.Length), subject);
                at += some.Length;
            }
        }

        return voxels;
    }

    private static void Scale(Span<double> values, double slope, double intercept)
    {
        foreach (ref var value in values)
        {
            value = (value * slope) + intercept;
        }
    }

    private static void ToFloats(ReadOnlySpan<double> values, Span<float> voxels, string subject)
    {
        for (var i = 0; i < values.Length; i++)
        {
            voxels[i] = (float)values[i];
        }
    }

    private static Stream Decoded(Stream file, string subject)
    {
        if (file.Length == 0)
        {
            throw new InvalidDataException($"{subject}: is empty; expected a NIfTI header of 348 or 540 bytes. Copy or export the file again.");
        }

        return IsCompressed(file) ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
    }

    private static bool IsCompressed(Stream file)
    {
        var position = file.Position;
        file.Position = 0;
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = position;
        return isCompressed;
    }

    private static string Subject(string name) => $"NIfTI '{name}'";
}
