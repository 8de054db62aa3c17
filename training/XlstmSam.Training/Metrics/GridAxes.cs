using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>Volumes with x fastest as grids of (D, H, W): x lies along W, y along H, z along D.</summary>
public static class GridAxes
{
    public static Extent3 ToExtent(this Size3 size) => new(size.Z, size.Y, size.X);

    public static Spacing3 ToSpacing(this Vector3d spacing) => new(spacing.Z, spacing.Y, spacing.X);
}
