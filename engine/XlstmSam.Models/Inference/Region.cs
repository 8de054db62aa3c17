using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// Where the model's grid lies on a scan: its centre as a continuous RAS voxel index, and how many times coarser than the model's own spacing
/// it is. The grid's axes are the scan's.
/// </summary>
public readonly record struct Region(Vector3d Centre, double Zoom)
{
    /// <summary>On the middle of the volume.</summary>
    public static Region OnVolume(VolumeGeometry ras) => new(new((ras.Size.X - 1) / 2.0, (ras.Size.Y - 1) / 2.0, (ras.Size.Z - 1) / 2.0), 1);

    /// <summary>The grid in world space. Grid axis 0 is the scan's first RAS axis.</summary>
    public VolumeGeometry Grid(ModelConfig config, VolumeGeometry ras)
    {
        var size = new Size3(config.Size[0], config.Size[1], config.Size[2]);
        var step = Step(config, ras);
        var affine = ras.VoxelToWorld;
        var first = new Vector3d(
            Centre.X - (step.X * (size.X - 1) / 2), Centre.Y - (step.Y * (size.Y - 1) / 2), Centre.Z - (step.Z * (size.Z - 1) / 2));
        return new(size, new(step.X * affine.ColumnX, step.Y * affine.ColumnY, step.Z * affine.ColumnZ, affine.Apply(first)));
    }

    /// <summary>Scan voxels per grid cell along each axis.</summary>
    public Vector3d Step(ModelConfig config, VolumeGeometry ras)
    {
        var spacing = ras.Spacing;
        var zoom = Zoom;
        return config.Spacing == 0
            ? new(zoom, zoom, zoom)
            : new(zoom * config.Spacing / spacing.X, zoom * config.Spacing / spacing.Y, zoom * config.Spacing / spacing.Z);
    }
}
