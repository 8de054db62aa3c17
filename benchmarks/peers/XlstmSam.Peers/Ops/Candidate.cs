using static TorchSharp.torch;

namespace XlstmSam.Peers.Ops;

/// <summary>One way of doing a kernel's work with libtorch. Several are tried and the fastest is the peer.</summary>
/// <param name="Form">What distinguishes it: the memory format, the operators.</param>
/// <param name="Compute">Does the work and returns new tensors, which the caller disposes.</param>
/// <param name="Ours">The results in our order of axes, for comparing values.</param>
internal sealed record Candidate(string Form, Func<Tensor[]> Compute, Func<Tensor[], Tensor[]> Ours)
{
    public void Run()
    {
        foreach (var result in Compute())
        {
            result.Dispose();
        }
    }

    /// <summary>The values of the results in our order.</summary>
    public float[][] Values()
    {
        using var scope = NewDisposeScope();
        return [.. Ours(Compute()).Select(result => result.detach().contiguous().data<float>().ToArray())];
    }

    /// <summary>A call outside of autograd.</summary>
    public static Candidate Forward(string form, Func<Tensor> compute, Func<Tensor, Tensor> ours) =>
        new(
            form,
            () =>
            {
                using var _ = no_grad();
                return [compute()];
            },
            results => [ours(results[0])]);

    /// <summary>The gradients of a graph that is recorded once, here and now, and walked in every call.</summary>
    public static Candidate Backward(string form, Func<Tensor> record, Tensor gradient, Tensor[] inputs, Func<Tensor[], Tensor[]> ours)
    {
        var output = record();
        return new(form, () => [.. autograd.grad([output], inputs, [gradient], retain_graph: true)], ours);
    }
}
