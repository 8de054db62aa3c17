using XlstmSam.Benchmarks.Works;
using static TorchSharp.torch;

namespace XlstmSam.Peers.Ops;

/// <summary>The mLSTM cell in its quadratic and in its chunkwise form.</summary>
internal static class TorchMlstm
{
    private static readonly int[] ChunkSizes = [64, 128];

    public static IEnumerable<Candidate> Of(MlstmWork work) =>
    [
        Of(work, "quadratic", MlstmForms.Quadratic),
        .. ChunkSizes.Where(size => size < work.Tokens && work.Against == MlstmPeer.Fastest).Select(
            size => Of(work, $"chunks of {size}", (q, k, v, i, f) => MlstmForms.Chunkwise(q, k, v, i, f, size))),
    ];

    private static Candidate Of(MlstmWork work, string form, Func<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> cell)
    {
        Tensor Heads(float[] values) => tensor(values, [1, work.Tokens, work.Heads, work.HeadSize]).transpose(1, 2).contiguous();
        Tensor Gate(float[] values) => tensor(values, [1, work.Tokens, work.Heads]).transpose(1, 2).contiguous();
        var (q, k, v, i, f) = (Heads(work.Q()), Heads(work.K()), Heads(work.V()), Gate(work.InputGate()), Gate(work.ForgetGate()));
        if (work.Pass == WorkPass.Forward)
        {
            return Candidate.Forward(form, () => cell(q, k, v, i, f), h => h.transpose(1, 2));
        }

        Tensor[] inputs = [q.requires_grad_(), k.requires_grad_(), v.requires_grad_(), i.requires_grad_(), f.requires_grad_()];
        return Candidate.Backward(
            form, () => cell(q, k, v, i, f), Heads(work.OutputGradient()), inputs, results => Array.ConvertAll(results, gradient => gradient.transpose(1, 2)));
    }
}
