namespace XlstmSam.Kernels;

/// <summary>x is (Outer, Length, Inner); the reduction or scan runs along Length.</summary>
public readonly record struct ReductionGeometry(long Outer, long Length, long Inner) : IGeometry
{
    /// <summary>Elements of x.</summary>
    public long Count => Outer * Length * Inner;

    /// <summary>Sums, one for each line along Length.</summary>
    public long Results => Outer * Inner;

    /// <inheritdoc/>
    public long Flops => Count;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * (Count + Results);
}

/// <summary>Sums, maxima and scans in a fixed order, in double within a result. Backward accumulates (+=).</summary>
public interface IReduction : IKernelFamily<ReductionGeometry>
{
    /// <summary>y = Σ x along Length, or y += it.</summary>
    void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate);

    /// <summary>y (1) = Σ x².</summary>
    void SumOfSquares(View x, View y);

    /// <summary>dx += dy, repeated along Length.</summary>
    void SumBackward(in ReductionGeometry geometry, View dy, View dx);

    /// <summary>y = max x along Length.</summary>
    void Max(in ReductionGeometry geometry, View x, View y);

    /// <summary>The first maximum takes the gradient.</summary>
    void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx);

    /// <summary>Unbiased variance along Length (divided by Length - 1).</summary>
    void Variance(in ReductionGeometry geometry, View x, View y);

    /// <summary>dx += dy dy/dx of the variance.</summary>
    void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx);

    /// <summary>y = log Σ exp x along Length, stabilised by the maximum.</summary>
    void LogSumExp(in ReductionGeometry geometry, View x, View y);

    /// <summary>dx += dy exp(x - y).</summary>
    void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx);

    /// <summary>y = exp x / Σ exp x along Length, stabilised by the maximum.</summary>
    void Softmax(in ReductionGeometry geometry, View x, View y);

    /// <summary>dx += y (dy - Σ dy y).</summary>
    void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx);

    /// <summary>y_t = Σ_{s ≤ t} x_s along Length; reverse: Σ_{s ≥ t}. The gradient is the same scan the other way round.</summary>
    void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate);
}

internal sealed partial class CountedKernels : IReduction
{
    public long ScratchBytes(in ReductionGeometry geometry) => real.Reduction.ScratchBytes(geometry);

    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate) => AddReduction("Sum", geometry);

    public void SumOfSquares(View x, View y) => ledger.Add("Reduction.SumOfSquares", TallyPass.Forward, 2 * x.Length, x.Length * sizeof(float));

    public void SumBackward(in ReductionGeometry geometry, View dy, View dx) => AddReductionBackward("Sum", geometry, dx);

    public void Max(in ReductionGeometry geometry, View x, View y) => AddReduction("Max", geometry);

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => AddReductionBackward("Max", geometry, dx);

    public void Variance(in ReductionGeometry geometry, View x, View y) => AddReduction("Variance", geometry);

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx) => AddReductionBackward("Variance", geometry, dx);

    public void LogSumExp(in ReductionGeometry geometry, View x, View y) => AddReduction("LogSumExp", geometry);

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => AddReductionBackward("LogSumExp", geometry, dx);

    public void Softmax(in ReductionGeometry geometry, View x, View y) => AddReduction("Softmax", geometry);

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx) => AddReductionBackward("Softmax", geometry, dx);

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate)
    {
        if (accumulate)
        {
            AddReductionBackward("CumulativeSum", geometry, y);
        }
        else
        {
            AddReduction("CumulativeSum", geometry);
        }
    }

    private void AddReduction(string op, in ReductionGeometry geometry) => Add($"Reduction.{op}", TallyPass.Forward, real.Reduction, geometry);

    private void AddReductionBackward(string op, in ReductionGeometry geometry, View dx) =>
        AddBackward($"Reduction.{op}", real.Reduction, geometry, data: !dx.IsNone, weight: false);
}
