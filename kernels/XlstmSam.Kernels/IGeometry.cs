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
    public long Count => (long)D * H * W;

    public static Extent3 Cube(int side) => new(side, side, side);

    public override string ToString() => $"{D}x{H}x{W}";
}
