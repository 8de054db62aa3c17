namespace XlstmSam.Kernels;

/// <summary>The shape of one kernel call. Its costs feed the benchmarks, the profiler and the planner.</summary>
public interface IGeometry
{
    /// <summary>Floating point operations of the forward call; a multiply-add counts 2.</summary>
    long Flops { get; }

    /// <summary>Bytes the forward call must move at least: every operand once.</summary>
    long Bytes { get; }
}

/// <summary>The extent of a volume or of a kernel along depth, height and width (array axes 0, 1, 2).</summary>
public readonly record struct Extent3(int D, int H, int W)
{
    /// <summary>Voxels or taps: D H W.</summary>
    public long Count => (long)D * H * W;

    /// <summary>The same extent along all three axes.</summary>
    public static Extent3 Cube(int side) => new(side, side, side);

    /// <summary>As the user reads it: 64x64x32.</summary>
    public override string ToString() => $"{D}x{H}x{W}";
}
