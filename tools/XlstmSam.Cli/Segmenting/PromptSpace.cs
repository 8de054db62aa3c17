using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Cli.Segmenting;

/// <summary>Turns coordinates as the user gives them, voxel indices or world millimetres, into voxel indices, and refuses what lies outside.</summary>
internal sealed class PromptSpace(VolumeGeometry geometry, bool isMillimetres)
{
    /// <summary>Rounding of a coordinate on the very face of the image.</summary>
    private const double Slack = 1e-6;

    public Vector3d ToVoxel(Vector3d given, string what)
    {
        var voxel = isMillimetres ? geometry.ToVoxel(given) : given;
        for (var axis = 0; axis < 3; axis++)
        {
            if (!(voxel[axis] >= -0.5 - Slack && voxel[axis] <= geometry.Size[axis] - 0.5 + Slack))
            {
                throw new UsageException($"{what} lies outside the image, {Extent()}.");
            }
        }

        return voxel;
    }

    /// <summary>The closed box between two opposite corners. In an oblique image, the smallest box of voxels around the one in the world.</summary>
    public BoxPrompt ToBox(Vector3d first, Vector3d second, string what)
    {
        var (low, high) = (Every(double.PositiveInfinity), Every(double.NegativeInfinity));
        for (var corner = 0; corner < 8; corner++)
        {
            var given = new Vector3d((corner & 1) == 0 ? first.X : second.X, (corner & 2) == 0 ? first.Y : second.Y, (corner & 4) == 0 ? first.Z : second.Z);
            var voxel = ToVoxel(given, what);
            low = new(Math.Min(low.X, voxel.X), Math.Min(low.Y, voxel.Y), Math.Min(low.Z, voxel.Z));
            high = new(Math.Max(high.X, voxel.X), Math.Max(high.Y, voxel.Y), Math.Max(high.Z, voxel.Z));
        }

        return new(low, high);
    }

    /// <summary>The voxel that a position lies in.</summary>
    public static VoxelIndex Nearest(Vector3d voxel, Size3 size) => new(Clamp(voxel.X, size.X), Clamp(voxel.Y, size.Y), Clamp(voxel.Z, size.Z));

    private static int Clamp(double position, int count) => (int)Math.Clamp(Math.Floor(position + 0.5), 0, count - 1);

    private static Vector3d Every(double value) => new(value, value, value);

    private string Extent()
    {
        var size = geometry.Size;
        if (!isMillimetres)
        {
            return $"whose voxels run from 0,0,0 to {size.X - 1},{size.Y - 1},{size.Z - 1}";
        }

        var axes = new List<string>();
        for (var axis = 0; axis < 3; axis++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var corner = 0; corner < 8; corner++)
            {
                var voxel = new Vector3d(
                    (corner & 1) == 0 ? -0.5 : size.X - 0.5, (corner & 2) == 0 ? -0.5 : size.Y - 0.5, (corner & 4) == 0 ? -0.5 : size.Z - 0.5);
                var world = geometry.ToWorld(voxel)[axis];
                (low, high) = (Math.Min(low, world), Math.Max(high, world));
            }

            axes.Add($"{"xyz"[axis]} {Units.Fixed(low, 1)} to {Units.Fixed(high, 1)}");
        }

        return $"whose world extent in millimetres is {string.Join(", ", axes)}";
    }
}
