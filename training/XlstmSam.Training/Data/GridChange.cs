using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>
/// A random flip, rotation, zoom and shift of the model's grid, composed into its affine, so that the scan is interpolated once. About the
/// grid's centre c, with W the voxel sizes: p' = c + shift + W^-1 R W zoom flip (p - c), in grid voxels.
/// </summary>
/// <param name="Flip">-1 or 1 along each axis.</param>
/// <param name="Angles">Rotations about x, y and z in radians, applied in this order.</param>
/// <param name="Shift">In grid voxels.</param>
public readonly record struct GridChange(Vector3d Flip, Vector3d Angles, double Zoom, Vector3d Shift)
{
    public static GridChange None { get; } = new(new(1, 1, 1), default, 1, default);

    /// <summary>Takes the same number of words from the stream whatever comes of it.</summary>
    public static GridChange Draw(AugmentationConfig config, ref RandomStream stream)
    {
        var flip = new Vector3d(Sign(config.Flip[0], ref stream), Sign(config.Flip[1], ref stream), Sign(config.Flip[2], ref stream));
        var rotates = stream.Bernoulli(config.RotationProbability);
        var angles = Symmetric(Math.PI / 180 * config.Rotation, ref stream);
        var zooms = stream.Bernoulli(config.ScaleProbability);
        var zoom = stream.Uniform(1 - config.Scale, 1 + config.Scale);
        var shifts = stream.Bernoulli(config.ShiftProbability);
        var shift = Symmetric(config.Shift, ref stream);
        return new(flip, rotates ? angles : default, zooms ? zoom : 1, shifts ? shift : default);
    }

    /// <summary>The changed grid; without a change the grid itself, bit for bit.</summary>
    public VolumeGeometry Apply(VolumeGeometry grid)
    {
        if (this == None)
        {
            return grid;
        }

        var linear = Linear(grid.Spacing);
        var centre = new Vector3d((grid.Size.X - 1) / 2.0, (grid.Size.Y - 1) / 2.0, (grid.Size.Z - 1) / 2.0);
        var change = linear with { Origin = centre + Shift - linear.Apply(centre) };
        return new(grid.Size, grid.VoxelToWorld.Compose(change));
    }

    private Affine3 Linear(Vector3d spacing)
    {
        var scale = Affine3.Scale(Zoom * Flip.X, Zoom * Flip.Y, Zoom * Flip.Z);
        return Angles == default
            ? scale
            : Affine3.Scale(1 / spacing.X, 1 / spacing.Y, 1 / spacing.Z)
                .Compose(Rotation()).Compose(Affine3.Scale(spacing.X, spacing.Y, spacing.Z)).Compose(scale);
    }

    private Affine3 Rotation()
    {
        var (sx, cx) = Math.SinCos(Angles.X);
        var (sy, cy) = Math.SinCos(Angles.Y);
        var (sz, cz) = Math.SinCos(Angles.Z);
        var x = new Affine3(new(1, 0, 0), new(0, cx, sx), new(0, -sx, cx), default);
        var y = new Affine3(new(cy, 0, -sy), new(0, 1, 0), new(sy, 0, cy), default);
        var z = new Affine3(new(cz, sz, 0), new(-sz, cz, 0), new(0, 0, 1), default);
        return z.Compose(y).Compose(x);
    }

    private static double Sign(double probability, ref RandomStream stream) => stream.Bernoulli(probability) ? -1 : 1;

    private static Vector3d Symmetric(double largest, ref RandomStream stream) =>
        new(stream.Uniform(-largest, largest), stream.Uniform(-largest, largest), stream.Uniform(-largest, largest));
}
