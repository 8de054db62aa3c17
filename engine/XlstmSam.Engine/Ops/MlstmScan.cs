using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The mLSTM cell over a token sequence: linear in its length, exact gradients.</summary>
public static class MlstmScan
{
    /// <summary>q, k, v are (B, S, I), the gate pre-activations i, f are (B, S, NH); heads are consecutive runs of I / NH channels.</summary>
    public static Tensor Apply(
        Tape tape, Tensor q, Tensor k, Tensor v, Tensor i, Tensor f, ScanDirection direction, int chunk = 64, float epsilon = 1e-6f)
    {
        var geometry = Geometry(q.Shape, k.Shape, v.Shape, i.Shape, f.Shape, direction, chunk);
        var kernel = tape.Backend.MlstmScan;
        var h = tape.Empty(q.Shape, q.RequiresGrad || k.RequiresGrad || v.RequiresGrad || i.RequiresGrad || f.RequiresGrad);
        var saved = tape.Rent(kernel.SavedLength(geometry));
        kernel.Forward(geometry, epsilon, q, k, v, i, f, h, saved.View);
        return tape.Record(h, new MlstmScanPullback(geometry, epsilon, q, k, v, i, f, saved));
    }

    private static MlstmScanGeometry Geometry(Shape q, Shape k, Shape v, Shape i, Shape f, ScanDirection direction, int chunk)
    {
        Require.Rank(nameof(MlstmScan), "q", q, 3);
        Require.Same(nameof(MlstmScan), "k", k, q, "to match q");
        Require.Same(nameof(MlstmScan), "v", v, q, "to match q");
        Require.Rank(nameof(MlstmScan), "i", i, 3);
        Require.Same(nameof(MlstmScan), "i", i, new(q[0], q[1], i[2]), $"to match B and S of q {q}");
        Require.Same(nameof(MlstmScan), "f", f, i, "to match i");
        Require.That(i[2] > 0 && q[2] % i[2] == 0, $"MlstmScan: q is {q} and i is {i}; expected channels that are a multiple of the {i[2]} heads.");
        Require.That(q[1] > 0, $"MlstmScan: q is {q}; expected at least one token.");
        Require.That(chunk > 0, $"MlstmScan: the chunk length is {chunk}; expected at least 1.");
        return new(q[0], q[1], i[2], q[2] / i[2], chunk, direction);
    }

    private sealed record MlstmScanPullback(MlstmScanGeometry Geometry, float Epsilon, Tensor Q, Tensor K, Tensor V, Tensor I, Tensor F, Block Saved) : Pullback
    {
        public override void Apply(Tape tape, Tensor h) => tape.Backend.MlstmScan.Backward(
            Geometry, Epsilon, tape.GradOf(h), Q, K, V, I, F, h, Saved.View, tape.GradOf(Q), tape.GradOf(K), tape.GradOf(V), tape.GradOf(I), tape.GradOf(F));
    }
}
