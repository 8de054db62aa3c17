using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>Softmax attention per head: q (1, Sq, Heads, HeadSize), k and v (1, Sk, Heads, HeadSize), or all three gradients.</summary>
public sealed record AttentionWork(WorkPass Pass, int Heads, int Queries, int Keys, int HeadSize, string Preset)
    : KernelWork(
        $"attention {Words(Pass)} {Heads} heads {Queries}x{Keys} width {HeadSize}",
        $"q 1x{Queries}x{Heads}x{HeadSize}, k and v 1x{Keys}x{Heads}x{HeadSize}",
        Preset)
{
    public float[] Q() => WorkInputs.Uniform(1, (long)Queries * Heads * HeadSize, 2);

    public float[] K() => WorkInputs.Uniform(2, (long)Keys * Heads * HeadSize, 2);

    public float[] V() => WorkInputs.Uniform(3, (long)Keys * Heads * HeadSize);

    public float[] OutputGradient() => WorkInputs.Uniform(4, (long)Queries * Heads * HeadSize);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = new AttentionGeometry(1, Heads, Queries, Keys, HeadSize);
        var work = new PreparedWork(backend);
        var kernels = backend.Attention;
        var (q, k, v, logSumExp) = (work.Input(Q()), work.Input(K()), work.Input(V()), work.Zeros((long)Heads * Queries));
        if (Pass == WorkPass.Forward)
        {
            var output = work.Result(q.Length);
            return work.Bind(() => kernels.Forward(geometry, q, k, v, output, logSumExp));
        }

        var (dy, y) = (work.Input(OutputGradient()), work.Zeros(q.Length));
        var (dq, dk, dv) = (work.Result(q.Length), work.Result(k.Length), work.Result(v.Length));
        kernels.Forward(geometry, q, k, v, y, logSumExp);
        return work.Bind(() => kernels.Backward(geometry, dy, q, k, v, y, logSumExp, dq, dk, dv));
    }
}
