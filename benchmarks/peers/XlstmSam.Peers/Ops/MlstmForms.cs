using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Ops;

/// <summary>
/// The stabilised mLSTM cell written with tensor operators, for autograd: q, k, v (B, NH, S, DH), gate pre-activations i, f (B, NH, S). The
/// maxima that stabilise the exponents are constants to autograd: their gradients cancel up to epsilon, and leaving them out is faster.
/// </summary>
internal static class MlstmForms
{
    private const double Epsilon = 1e-6;

    /// <summary>Finite, so that differences of two of them are no NaN; its exponential is 0.</summary>
    private const float Never = -1e30f;

    /// <summary>The definition: every token looks back at every other through an S x S matrix of decays.</summary>
    public static Tensor Quadratic(Tensor q, Tensor k, Tensor v, Tensor i, Tensor f)
    {
        using var scope = NewDisposeScope();
        var length = q.shape[2];
        var decay = logsigmoid(f).cumsum(-1);
        var exponents = (decay.unsqueeze(-1) + (i - decay).unsqueeze(-2)).masked_fill_(Future(length, 1), Never);
        var maximum = exponents.detach().amax([-1], keepdim: true);
        var weights = exponents.sub_(maximum).exp();
        var scores = (q / Math.Sqrt(q.shape[3])).matmul(k.transpose(-2, -1)) * weights;
        return Divide(scores.matmul(v), scores.sum(-1, keepdim: true), maximum).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Chunks of tokens look back at themselves through a small matrix, and at everything before through a state per chunk. All chunks'
    /// states at once: a matrix of decays between chunks times what every chunk adds. S must be a multiple of the chunk.
    /// </summary>
    public static Tensor Chunkwise(Tensor q, Tensor k, Tensor v, Tensor i, Tensor f, int chunk)
    {
        using var scope = NewDisposeScope();
        var (batch, heads, length, width) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3]);
        var count = length / chunk;
        Tensor Chunks(Tensor x) => x.reshape(batch, heads, count, chunk, -1);
        (q, k, v) = (Chunks(q), Chunks(k / Math.Sqrt(width)), Chunks(v));
        (i, f) = (Chunks(i).squeeze(-1), Chunks(f).squeeze(-1));
        var decay = logsigmoid(f).cumsum(-1);
        var whole = decay.narrow(-1, chunk - 1, 1);

        // What a chunk adds: Σ exp(whole - decay_j + i_j - maximum) k_j v_jᵀ, and the same of k alone.
        var atEnd = whole - decay + i;
        var addedMaximum = atEnd.detach().amax([-1], keepdim: true);
        var addedKeys = k * (atEnd - addedMaximum).exp_().unsqueeze(-1);
        var added = addedKeys.transpose(-2, -1).matmul(v).flatten(-2);
        var addedNorm = addedKeys.sum(-2);

        // What has arrived at the start of chunk n from chunk j < n.
        var passed = whole.squeeze(-1).cumsum(-1);
        var between = (passed - whole.squeeze(-1)).unsqueeze(-1) + (addedMaximum.squeeze(-1) - passed).unsqueeze(-2);
        between = between.masked_fill_(Future(count, 0), Never);
        var stateMaximum = between.detach().amax([-1], keepdim: true);
        var mixing = between.sub_(stateMaximum).exp().masked_fill(Future(count, 0), 0);
        var state = mixing.matmul(added).reshape(batch, heads, count, width, width);
        var stateNorm = mixing.matmul(addedNorm).unsqueeze(-1);

        // Inside a chunk, and from the state.
        var inside = (decay.unsqueeze(-1) + (i - decay).unsqueeze(-2)).masked_fill_(Future(chunk, 1), Never);
        var fromState = decay.unsqueeze(-1) + stateMaximum.unsqueeze(-1);
        var maximum = TorchSharp.torch.maximum(inside.detach().amax([-1], keepdim: true), fromState.detach());
        var scores = q.matmul(k.transpose(-2, -1)) * inside.sub_(maximum).exp();
        var reach = q * (fromState - maximum).exp();
        var values = scores.matmul(v) + reach.matmul(state);
        var norm = scores.sum(-1, keepdim: true) + reach.matmul(stateNorm);
        return Divide(values, norm, maximum).reshape(batch, heads, length, width).MoveToOuterDisposeScope();
    }

    private static Tensor Divide(Tensor values, Tensor norm, Tensor maximum) => values / (TorchSharp.torch.maximum(norm.abs(), (-maximum).exp()) + Epsilon);

    /// <summary>True where column j - row i is at least <paramref name="diagonal"/>.</summary>
    private static Tensor Future(long size, long diagonal) => ones(size, size, dtype: ScalarType.Bool).triu(diagonal);
}
