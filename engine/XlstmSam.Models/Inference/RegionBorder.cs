using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>Whether a prediction runs out of its region although the scan goes on there: then the object needs a wider one.</summary>
internal static class RegionBorder
{
    /// <summary>The share of a face that the object must cover; a single stray voxel does not zoom out.</summary>
    private const double Share = 0.01;

    public static bool Touches(Volume<float> logits, VolumeGeometry scan)
    {
        var toScan = scan.VoxelToWorld.Invert().Compose(logits.Geometry.VoxelToWorld);
        var size = logits.Size;
        for (var axis = 0; axis < 3; axis++)
        {
            foreach (var face in (ReadOnlySpan<int>)[0, size[axis] - 1])
            {
                var outward = face == 0 ? -1 : 1;
                var centre = new double[3];
                for (var a = 0; a < 3; a++)
                {
                    centre[a] = a == axis ? face + outward : (size[a] - 1) / 2.0;
                }

                var beyond = toScan.Apply(new(centre[0], centre[1], centre[2]));
                if (beyond[axis] >= 0 && beyond[axis] <= scan.Size[axis] - 1 && Covered(logits, axis, face) > Share)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static double Covered(Volume<float> logits, int axis, int face)
    {
        var size = logits.Size;
        var (u, v) = axis switch { 0 => (size.Y, size.Z), 1 => (size.X, size.Z), _ => (size.X, size.Y) };
        var count = 0;
        for (var j = 0; j < v; j++)
        {
            for (var i = 0; i < u; i++)
            {
                var logit = axis switch { 0 => logits[face, i, j], 1 => logits[i, face, j], _ => logits[i, j, face] };
                count += logit > 0 ? 1 : 0;
            }
        }

        return count / (double)(u * v);
    }
}
