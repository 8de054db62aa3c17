using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>One optimiser update of a model's parameters. Steps count on from 1, as in training.</summary>
/// <param name="Tensors">The published sizes of the parameters; together they are the slab.</param>
/// <param name="Against">What the peer does it with.</param>
public sealed record AdamWWork(IReadOnlyList<long> Tensors, AdamWPeer Against, string Preset)
    : KernelWork(
        $"adamw {Words(WorkPass.Update)} {Tensors.Sum() / 1e6:0.0}M parameters, {(Against == AdamWPeer.Optimizer ? "optimizer" : "slab")}",
        $"{Tensors.Count} tensors, {Tensors.Sum()} values",
        Preset)
{
    public static AdamWStep Step(long number) => new(LearningRate: 8e-4f, WeightDecay: 0.1f, Decoupled: true, number);

    public long Length => Tensors.Sum();

    public float[] Values() => WorkInputs.Uniform(1, Length);

    public float[] Gradients() => WorkInputs.Uniform(2, Length);

    public override PreparedWork Prepare(IBackend backend)
    {
        var work = new PreparedWork(backend);
        var (values, gradients, first, second) = (work.Result(Length), work.Input(Gradients()), work.Zeros(Length), work.Zeros(Length));
        backend.Upload(Values(), values);
        var step = 0L;
        return work.Bind(() => backend.AdamW.Update(Step(++step), View.None, values, gradients, first, second));
    }
}

/// <summary>The peer's optimiser object, or its tensor operations in place over one slab.</summary>
public enum AdamWPeer
{
    Optimizer,
    Slab,
}
