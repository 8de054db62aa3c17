using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>A line along the middle axis of (Outer, Length, Inner), which a <see cref="WarpTeam"/> walks; beyond the last line it is empty.</summary>
internal readonly struct ReductionLine
{
    private readonly long start;
    private readonly long step;

    public ReductionLine(long number, long lines, long length, long inner)
    {
        var outer = inner == 1 ? number : FastDivision.Of(number, inner);
        start = (outer * length * inner) + (number - (outer * inner));
        step = inner;
        Length = number < lines ? length : 0;
    }

    public long Length { get; }

    public long At(long i) => start + (i * step);

    /// <summary>Whether this thread writes the line's result.</summary>
    public bool IsWritten(WarpTeam team) => Length > 0 & team.Lane == 0;

    /// <summary>This thread's part of the sum.</summary>
    public double Sum(ArrayView<float> x, WarpTeam team)
    {
        var sum = 0.0;
        for (long i = team.Lane; i < Length; i += team.Size)
        {
            sum += x[At(i)];
        }

        return sum;
    }

    /// <summary>This thread's part of the maximum; NaN if any is NaN.</summary>
    public float Max(ArrayView<float> x, WarpTeam team)
    {
        var largest = float.NegativeInfinity;
        for (long i = team.Lane; i < Length; i += team.Size)
        {
            largest = GpuLane.Max(new(largest), new(x[At(i)])).Value;
        }

        return largest;
    }

    /// <summary>This thread's part of Σ exp(x - shift).</summary>
    public double SumExp(ArrayView<float> x, float shift, WarpTeam team)
    {
        var sum = 0.0;
        for (long i = team.Lane; i < Length; i += team.Size)
        {
            sum += GpuLane.Exp(x[At(i)] - shift);
        }

        return sum;
    }
}
