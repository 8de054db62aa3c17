using XlstmSam.Benchmarks.Works;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Ops;

/// <summary>Linear layers and attention.</summary>
internal static class TorchProducts
{
    public static IEnumerable<Candidate> Of(LinearWork work)
    {
        var (x, weight, bias) = (tensor(work.X(), [work.Rows, work.Inputs]), tensor(work.Weight(), [work.Outputs, work.Inputs]), tensor(work.Bias()));
        if (work.Pass == WorkPass.Forward)
        {
            yield return Candidate.Forward("linear", () => linear(x, weight, bias), y => y);
            yield break;
        }

        Tensor[] inputs = [x.requires_grad_(), weight.requires_grad_(), bias.requires_grad_()];
        yield return Candidate.Backward(
            "linear", () => linear(x, weight, bias), tensor(work.OutputGradient(), [work.Rows, work.Outputs]), inputs, results => results);
    }

    /// <summary>Written out and fused; on heads as the projections leave them, side by side in memory, and on heads one after the other.</summary>
    public static IEnumerable<Candidate> Of(AttentionWork work) =>
        from apart in (bool[])[false, true]
        from attention in (Func<Tensor, Tensor, Tensor, Tensor>[])[WrittenOut, Fused]
        select Of(work, apart, attention);

    public static Tensor WrittenOut(Tensor q, Tensor k, Tensor v)
    {
        using var scaled = q / Math.Sqrt(q.shape[^1]);
        using var turned = k.transpose(-2, -1);
        using var scores = scaled.matmul(turned);
        using var shares = scores.softmax(-1);
        return shares.matmul(v);
    }

    public static Tensor Fused(Tensor q, Tensor k, Tensor v) => scaled_dot_product_attention(q, k, v);

    private static Candidate Of(AttentionWork work, bool apart, Func<Tensor, Tensor, Tensor, Tensor> attention)
    {
        Tensor Heads(float[] values, int tokens)
        {
            var heads = tensor(values, [1, tokens, work.Heads, work.HeadSize]).transpose(1, 2);
            return apart ? heads.contiguous() : heads;
        }

        var (q, k, v) = (Heads(work.Q(), work.Queries), Heads(work.K(), work.Keys), Heads(work.V(), work.Keys));
        var form = $"{(attention == Fused ? "scaled_dot_product_attention" : "matmul, softmax, matmul")}, heads {(apart ? "apart" : "side by side")}";
        if (work.Pass == WorkPass.Forward)
        {
            return Candidate.Forward(form, () => attention(q, k, v), y => y.transpose(1, 2));
        }

        Tensor[] inputs = [q.requires_grad_(), k.requires_grad_(), v.requires_grad_()];
        return Candidate.Backward(
            form, () => attention(q, k, v), Heads(work.OutputGradient(), work.Queries), inputs,
            results => Array.ConvertAll(results, gradient => gradient.transpose(1, 2)));
    }
}
