using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>y = x Wᵀ + b with x (Rows, Inputs) and W (Outputs, Inputs), or all three gradients.</summary>
public sealed record LinearWork(WorkPass Pass, int Rows, int Inputs, int Outputs, string Preset)
    : KernelWork($"linear {Words(Pass)} {Rows}x{Inputs}x{Outputs}", $"x {Rows}x{Inputs}, weight {Outputs}x{Inputs}", Preset)
{
    public float[] X() => WorkInputs.Uniform(1, (long)Rows * Inputs);

    public float[] Weight() => WorkInputs.Uniform(2, (long)Outputs * Inputs, 1.7f / MathF.Sqrt(Inputs));

    public float[] Bias() => WorkInputs.Uniform(3, Outputs);

    public float[] OutputGradient() => WorkInputs.Uniform(4, (long)Rows * Outputs);

    public override PreparedWork Prepare(IBackend backend)
    {
        var work = new PreparedWork(backend);
        var kernels = backend.MatMul;
        var (x, weight) = (work.Input(X()), work.Input(Weight()));
        if (Pass == WorkPass.Forward)
        {
            var (bias, y, product) = (work.Input(Bias()), work.Result((long)Rows * Outputs), MatMulGeometry.Dense(Rows, Outputs, Inputs, transposeB: true));
            return work.Bind(() => kernels.Multiply(product, x, weight, bias, Activation.None, y));
        }

        var dy = work.Input(OutputGradient());
        var (dx, dweight, dbias) = (work.Result((long)Rows * Inputs), work.Result((long)Outputs * Inputs), work.Result(Outputs));
        var (data, filter) = (MatMulGeometry.Dense(Rows, Inputs, Outputs), MatMulGeometry.Dense(Outputs, Inputs, Rows, transposeA: true));
        var sum = new ReductionGeometry(1, Rows, Outputs);
        return work.Bind(() =>
        {
            kernels.Accumulate(data, dy, weight, dx);
            kernels.Accumulate(filter, dy, x, dweight);
            backend.Reduction.Sum(sum, dy, dbias, accumulate: true);
        });
    }
}
