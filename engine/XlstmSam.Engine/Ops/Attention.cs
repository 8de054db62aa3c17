using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Scaled dot-product attention over heads, without projections.</summary>
public static class Attention
{
    /// <summary>q is (B, Sq, E), k and v are (B, Sk, E); heads are consecutive runs of E / heads channels. The output is (B, Sq, E).</summary>
    public static Tensor Apply(Tape tape, Tensor q, Tensor k, Tensor v, int heads)
    {
        var geometry = Geometry(q.Shape, k.Shape, v.Shape, heads);
        var y = tape.Empty(q.Shape, q.RequiresGrad || k.RequiresGrad || v.RequiresGrad);
        var logSumExp = tape.Rent((long)geometry.B * heads * geometry.Sq);
        tape.Backend.Attention.Forward(geometry, q, k, v, y, logSumExp.View);
        return tape.Record(y, new AttentionPullback(geometry, q, k, v, logSumExp));
    }

    private static AttentionGeometry Geometry(Shape q, Shape k, Shape v, int heads)
    {
        Require.Rank(nameof(Attention), "q", q, 3);
        Require.Rank(nameof(Attention), "k", k, 3);
        Require.Same(nameof(Attention), "k", k, new(q[0], k[1], q[2]), $"to match B and E of q {q}");
        Require.Same(nameof(Attention), "v", v, k, "to match k");
        Require.That(heads > 0 && q[2] % heads == 0, $"Attention: q is {q}; expected channels that are a multiple of the {heads} heads.");
        Require.That(k[1] > 0, $"Attention: k is {k}; expected at least one key.");
        return new(q[0], heads, q[1], k[1], q[2] / heads);
    }

    private sealed record AttentionPullback(AttentionGeometry Geometry, Tensor Q, Tensor K, Tensor V, Block LogSumExp) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Attention.Backward(
            Geometry, tape.GradOf(y), Q, K, V, y, LogSumExp.View, tape.GradOf(Q), tape.GradOf(K), tape.GradOf(V));
    }
}
