using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>The mLSTM cell: q, k, v (1, S, Heads, HeadSize), gates (1, S, Heads), or all five gradients.</summary>
/// <param name="Against">What the peer does it with.</param>
public sealed record MlstmWork(WorkPass Pass, int Tokens, int Heads, int HeadSize, MlstmPeer Against, string Preset)
    : KernelWork(
        $"mlstm {Words(Pass)} {Tokens} tokens {Heads} heads width {HeadSize}{(Against == MlstmPeer.Published ? ", as published" : "")}",
        $"q, k and v 1x{Tokens}x{Heads}x{HeadSize}, gates 1x{Tokens}x{Heads}",
        Preset)
{
    public const int Chunk = 64;
    public const float Epsilon = 1e-6f;

    public float[] Q() => WorkInputs.Uniform(1, (long)Tokens * Heads * HeadSize);

    public float[] K() => WorkInputs.Uniform(2, (long)Tokens * Heads * HeadSize);

    public float[] V() => WorkInputs.Uniform(3, (long)Tokens * Heads * HeadSize);

    public float[] InputGate() => WorkInputs.Uniform(4, (long)Tokens * Heads, 0.5f);

    /// <summary>Around 4.5, where the model starts its forget gates.</summary>
    public float[] ForgetGate() => WorkInputs.Uniform(5, (long)Tokens * Heads, 1.5f, 4.5f);

    public float[] OutputGradient() => WorkInputs.Uniform(6, (long)Tokens * Heads * HeadSize);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = new MlstmScanGeometry(1, Tokens, Heads, HeadSize, Chunk, ScanDirection.Forward);
        var work = new PreparedWork(backend);
        var kernels = backend.MlstmScan;
        var (q, k, v, i, f) = (work.Input(Q()), work.Input(K()), work.Input(V()), work.Input(InputGate()), work.Input(ForgetGate()));
        var saved = work.Zeros(kernels.SavedLength(geometry));
        if (Pass == WorkPass.Forward)
        {
            var output = work.Result(q.Length);
            return work.Bind(() => kernels.Forward(geometry, Epsilon, q, k, v, i, f, output, saved));
        }

        var (dh, h) = (work.Input(OutputGradient()), work.Zeros(q.Length));
        var (dq, dk, dv, di, df) = (work.Result(q.Length), work.Result(q.Length), work.Result(q.Length), work.Result(i.Length), work.Result(f.Length));
        kernels.Forward(geometry, Epsilon, q, k, v, i, f, h, saved);
        return work.Bind(() => kernels.Backward(geometry, Epsilon, dh, q, k, v, i, f, h, saved, dq, dk, dv, di, df));
    }
}

/// <summary>The fastest form of the cell that tensor operators allow, or the quadratic one of the published models.</summary>
public enum MlstmPeer
{
    Fastest,
    Published,
}
