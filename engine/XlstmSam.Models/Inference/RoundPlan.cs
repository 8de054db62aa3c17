using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>What one decoder round sees: some of the clicks, and perhaps the box.</summary>
internal sealed record RoundPlan(IReadOnlyList<PointPrompt> Points, BoxPrompt? Box)
{
    /// <summary>
    /// The prompts that say something about a region: all but clicks beside the object that lie outside it, where everything is background.
    /// </summary>
    public static ObjectPrompts Within(ObjectPrompts prompts, PreparedScan scan, VolumeGeometry grid)
    {
        var toGrid = grid.VoxelToWorld.Invert().Compose(scan.Image.Geometry.VoxelToWorld);
        return prompts with { Points = [.. prompts.Points.Where(p => p.Positive || IsInside(toGrid.Apply(scan.ToRas.Apply(p.Voxel)), grid.Size))] };
    }

    /// <summary>The rounds for a list of prompts, as training had them: box first and alone, then a click at a time; newest click or all so far.</summary>
    public static IReadOnlyList<RoundPlan> Of(ObjectPrompts prompts, ClickPolicy policy)
    {
        var plans = new List<RoundPlan>();
        if (prompts.Box is not null || prompts.Points.Count == 0)
        {
            plans.Add(new([], prompts.Box));
        }

        for (var p = 0; p < prompts.Points.Count; p++)
        {
            plans.Add(policy == ClickPolicy.All
                ? new([.. prompts.Points.Take(p + 1)], prompts.Box)
                : new([prompts.Points[p]], null));
        }

        return plans;
    }

    public PromptBatch ToBatch(PreparedScan scan, VolumeGeometry grid)
    {
        var toGrid = grid.VoxelToWorld.Invert().Compose(scan.Image.Geometry.VoxelToWorld);
        var points = new float[3 * Points.Count];
        for (var p = 0; p < Points.Count; p++)
        {
            Place(points.AsSpan(3 * p, 3), toGrid.Apply(scan.ToRas.Apply(Points[p].Voxel)), grid.Size);
        }

        var boxes = Box is null ? null : new float[6];
        if (Box is { } box)
        {
            var (a, b) = (toGrid.Apply(scan.ToRas.Apply(box.First)), toGrid.Apply(scan.ToRas.Apply(box.Last)));
            Place(boxes.AsSpan(0, 3), new(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Min(a.Z, b.Z)), grid.Size);
            Place(boxes.AsSpan(3, 3), new(Math.Max(a.X, b.X), Math.Max(a.Y, b.Y), Math.Max(a.Z, b.Z)), grid.Size);
        }

        return new(1, Points.Count, points, [.. Points.Select(p => p.Positive ? 1 : 0)], boxes);
    }

    private static bool IsInside(Vector3d voxel, Size3 size)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (voxel[axis] < -0.5 || voxel[axis] > size[axis] - 0.5)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Prompts outside the grid count at its border; in grid voxels, as in training.</summary>
    private static void Place(Span<float> target, Vector3d voxel, Size3 size)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            target[axis] = (float)Math.Clamp(voxel[axis], 0, size[axis] - 1);
        }
    }
}
