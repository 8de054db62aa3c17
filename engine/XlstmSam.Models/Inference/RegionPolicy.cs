using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// Chooses the region for a set of prompts, so that the grid always holds what the prompts mark. With <see cref="RoiPolicy.Volume"/> it lies on the
/// middle of the volume as long as all prompts lie well inside it, and else where <see cref="RoiPolicy.Prompt"/> puts it: on the box's centre, else on
/// the mean of the positive clicks, wider where these lie far apart. There it stays while that centre lies within the jitter the model was trained
/// with and every prompt is inside. Clicks beside the object never move it.
/// </summary>
public static class RegionPolicy
{
    /// <summary>A box may fill this share of a side before the region zooms out (110 of 128 voxels).</summary>
    private const double Fill = 110.0 / 128;

    /// <summary>The share of a side by which the wanted centre may be off before the region moves: half the jitter of training.</summary>
    private const double Slack = 0.125;

    /// <summary>A prompt is well inside a grid up to this share of a side from its middle: one cell of 32 remains before a face beyond which the scan goes
    /// on.</summary>
    private const double WellInside = 15.0 / 32;

    /// <summary>The share of a side from the middle beyond which an object that touches a face is better seen from a grid on its prompts.</summary>
    private const double FarOff = 0.25;

    /// <param name="current">The region in use for the same object, or null.</param>
    public static Region Choose(ModelConfig config, PreparedScan scan, ObjectPrompts prompts, Region? current)
    {
        var ras = scan.Image.Geometry;
        var middle = Region.OnVolume(ras);
        var isOnVolume = config.Roi == RoiPolicy.Volume && Lies(config, scan, prompts, middle);
        if (isOnVolume && (current is null || current == middle))
        {
            return middle;
        }

        var wanted = Wanted(config, scan, prompts);
        var mayStay = config.Roi == RoiPolicy.Prompt || current != middle;
        if (mayStay && current is { } held && held.Zoom >= wanted.Zoom && Near(config, ras, held, wanted.Centre) && Holds(config, scan, prompts, held))
        {
            return held;
        }

        return isOnVolume ? middle : wanted with { Zoom = Math.Max(wanted.Zoom, current?.Zoom ?? 1) };
    }

    /// <summary>The region on the prompts where that is more than a quarter of a side off the volume's middle; null where it is nearer.</summary>
    public static Region? OffMiddle(ModelConfig config, PreparedScan scan, ObjectPrompts prompts)
    {
        var wanted = Wanted(config, scan, prompts);
        return Within(config, scan.Image.Geometry, Region.OnVolume(scan.Image.Geometry), wanted.Centre, FarOff) ? null : wanted;
    }

    /// <summary>Whether all that marks the object lies well inside a region: within the scan, a cell of 32 or more from every face beyond which the scan
    /// goes on.</summary>
    private static bool Lies(ModelConfig config, PreparedScan scan, ObjectPrompts prompts, Region region)
    {
        var ras = scan.Image.Geometry;
        return Extent(scan, prompts) is not { } extent
            ? Positive(scan, prompts).All(p => IsWellInside(config, ras, region, p))
            : IsWellInside(config, ras, region, extent.First) && IsWellInside(config, ras, region, extent.Last)
                && Positive(scan, prompts).All(p => IsWellInside(config, ras, region, p));
    }

    private static bool IsWellInside(ModelConfig config, VolumeGeometry ras, Region region, Vector3d voxel)
    {
        var step = region.Step(config, ras);
        for (var axis = 0; axis < 3; axis++)
        {
            var side = config.Size[axis] * step[axis];
            var coversScan = region.Centre[axis] - (side / 2) <= -0.5 && region.Centre[axis] + (side / 2) >= ras.Size[axis] - 0.5;
            if (!coversScan && Math.Abs(voxel[axis] - region.Centre[axis]) > WellInside * side)
            {
                return false;
            }
        }

        return true;
    }

    private static Region Wanted(ModelConfig config, PreparedScan scan, ObjectPrompts prompts)
    {
        var ras = scan.Image.Geometry;
        var step = new Region(default, 1).Step(config, ras);
        var positive = Positive(scan, prompts);
        if (Extent(scan, prompts) is { } extent)
        {
            var around = new Region(extent.Centre, Zoom(config, step, extent));
            return positive.All(p => Within(config, ras, around, p, 0.5)) ? around : Around(config, step, [extent.First, extent.Last, .. positive]);
        }

        if (positive.Length == 0)
        {
            return Region.OnVolume(ras);
        }

        var mean = new Region((1.0 / positive.Length) * positive.Aggregate((a, b) => a + b), 1);
        return positive.All(p => Within(config, ras, mean, p, WellInside)) ? mean : Around(config, step, positive);
    }

    /// <summary>The region that holds all of some voxels, in the middle of them.</summary>
    private static Region Around(ModelConfig config, Vector3d step, IReadOnlyList<Vector3d> voxels)
    {
        var (low, high) = (voxels[0], voxels[0]);
        foreach (var v in voxels)
        {
            low = new(Math.Min(low.X, v.X), Math.Min(low.Y, v.Y), Math.Min(low.Z, v.Z));
            high = new(Math.Max(high.X, v.X), Math.Max(high.Y, v.Y), Math.Max(high.Z, v.Z));
        }

        var extent = new BoxPrompt(low, high);
        return new(extent.Centre, Zoom(config, step, extent));
    }

    private static double Zoom(ModelConfig config, Vector3d step, BoxPrompt extent)
    {
        var zoom = 1.0;
        for (var axis = 0; axis < 3; axis++)
        {
            zoom = Math.Max(zoom, (Math.Abs(extent.Last[axis] - extent.First[axis]) + 1) / (step[axis] * config.Size[axis] * Fill));
        }

        return zoom;
    }

    private static Vector3d[] Positive(PreparedScan scan, ObjectPrompts prompts) =>
        [.. prompts.Points.Where(p => p.Positive).Select(p => scan.ToRas.Apply(p.Voxel))];

    private static BoxPrompt? Extent(PreparedScan scan, ObjectPrompts prompts)
    {
        if (prompts.Box is { } box)
        {
            return new(scan.ToRas.Apply(box.First), scan.ToRas.Apply(box.Last));
        }

        return prompts.Mask is { } mask && VoxelBox.Around(mask) is { } around
            ? new(scan.ToRas.Apply(around.Low.ToVector()), scan.ToRas.Apply(around.High.ToVector() - new Vector3d(1, 1, 1)))
            : null;
    }

    private static bool Near(ModelConfig config, VolumeGeometry ras, Region region, Vector3d centre) => Within(config, ras, region, centre, Slack);

    private static bool Holds(ModelConfig config, PreparedScan scan, ObjectPrompts prompts, Region region) =>
        Positive(scan, prompts).All(voxel => Within(config, scan.Image.Geometry, region, voxel, 0.5));

    private static bool Within(ModelConfig config, VolumeGeometry ras, Region region, Vector3d voxel, double share)
    {
        var step = region.Step(config, ras);
        for (var axis = 0; axis < 3; axis++)
        {
            if (Math.Abs(voxel[axis] - region.Centre[axis]) > share * config.Size[axis] * step[axis])
            {
                return false;
            }
        }

        return true;
    }
}
