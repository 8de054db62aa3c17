using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// Chooses the region for a set of prompts. On the volume it never moves. On the prompt it follows the box's centre, else the mean of the
/// positive clicks, and stays put while that centre lies within the jitter the model was trained with and every prompt is inside.
/// </summary>
public static class RegionPolicy
{
    /// <summary>A box may fill this share of a side before the region zooms out (110 of 128 voxels).</summary>
    private const double Fill = 110.0 / 128;

    /// <summary>The share of a side by which the wanted centre may be off before the region moves: half the jitter of training.</summary>
    private const double Slack = 0.125;

    /// <param name="current">The region in use, or null.</param>
    public static Region Choose(ModelConfig config, PreparedScan scan, ObjectPrompts prompts, Region? current)
    {
        var ras = scan.Image.Geometry;
        if (config.Roi == RoiPolicy.Volume)
        {
            return Region.OnVolume(ras);
        }

        var wanted = Wanted(config, scan, prompts);
        return current is { } held && held.Zoom >= wanted.Zoom && Near(config, ras, held, wanted.Centre) && prompts.Points.All(p => Inside(config, ras, held, scan.ToRas.Apply(p.Voxel)))
            ? held
            : wanted with { Zoom = Math.Max(wanted.Zoom, current?.Zoom ?? 1) };
    }

    private static Region Wanted(ModelConfig config, PreparedScan scan, ObjectPrompts prompts)
    {
        var ras = scan.Image.Geometry;
        if (Extent(scan, prompts) is { } extent)
        {
            var step = new Region(default, 1).Step(config, ras);
            var zoom = 1.0;
            for (var axis = 0; axis < 3; axis++)
            {
                zoom = Math.Max(zoom, (Math.Abs(extent.Last[axis] - extent.First[axis]) + 1) / (step[axis] * config.Size[axis] * Fill));
            }

            return new(extent.Centre, zoom);
        }

        var positive = prompts.Points.Where(p => p.Positive).Select(p => scan.ToRas.Apply(p.Voxel)).ToArray();
        return positive.Length == 0
            ? Region.OnVolume(ras)
            : new((1.0 / positive.Length) * positive.Aggregate((a, b) => a + b), 1);
    }

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

    private static bool Inside(ModelConfig config, VolumeGeometry ras, Region region, Vector3d voxel) => Within(config, ras, region, voxel, 0.5);

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
