using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts reductions and scans, one family per kind.</summary>
internal sealed class ReductionTally(TallyLedger ledger) : IReduction
{
    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate) => Forward("Sum", geometry);

    public void SumOfSquares(View x, View y) => ledger.Add("Reduction.SumOfSquares", TallyPass.Forward, 2 * x.Length, x.Length * sizeof(float));

    public void SumBackward(in ReductionGeometry geometry, View dy, View dx) => Backward("Sum", geometry, dx);

    public void Max(in ReductionGeometry geometry, View x, View y) => Forward("Max", geometry);

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => Backward("Max", geometry, dx);

    public void Variance(in ReductionGeometry geometry, View x, View y) => Forward("Variance", geometry);

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx) => Backward("Variance", geometry, dx);

    public void LogSumExp(in ReductionGeometry geometry, View x, View y) => Forward("LogSumExp", geometry);

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => Backward("LogSumExp", geometry, dx);

    public void Softmax(in ReductionGeometry geometry, View x, View y) => Forward("Softmax", geometry);

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx) => Backward("Softmax", geometry, dx);

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate)
    {
        if (accumulate)
        {
            Backward("CumulativeSum", geometry, y);
        }
        else
        {
            Forward("CumulativeSum", geometry);
        }
    }

    private void Forward(string op, in ReductionGeometry geometry) => ledger.Add($"Reduction.{op}", TallyPass.Forward, geometry);

    private void Backward(string op, in ReductionGeometry geometry, View dx) => ledger.AddBackward($"Reduction.{op}", geometry, data: !dx.IsNone, weight: false);
}
