using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y[b, o] = Σ_i weight[b, o, i] x[b, i] on every row: the last axis is cut into blocks, each with a small matrix of its own.</summary>
public static class HeadwiseLinear
{
    /// <param name="x">(..., Blocks * Size).</param>
    /// <param name="weight">(Blocks, Size out, Size in).</param>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight)
    {
        var geometry = Geometry(x.Shape, weight.Shape);
        var y = tape.Empty(x.Shape, x.RequiresGrad || weight.RequiresGrad);
        tape.Backend.HeadwiseLinear.Forward(geometry, x, weight, y);
        return tape.Record(y, new HeadwiseLinearPullback(geometry, x, weight));
    }

    private static HeadwiseLinearGeometry Geometry(Shape x, Shape weight)
    {
        Require.Rank("HeadwiseLinear", "weight", weight, 3);
        Require.That(weight[1] == weight[2], $"HeadwiseLinear: weight is {weight}; expected square blocks (Blocks, Size, Size).");
        Require.That(
            x.Rank >= 1 && x[-1] == weight[0] * weight[1],
            $"HeadwiseLinear: x is {x}; expected a last axis of {weight[0] * weight[1]} to match weight {weight}.");
        return new(x.Product(0, x.Rank - 1), weight[0], weight[1]);
    }

    private sealed record HeadwiseLinearPullback(HeadwiseLinearGeometry Geometry, Tensor X, Tensor Weight) : Pullback
    {
        public override void Apply(Tape tape, Tensor output) =>
            tape.Backend.HeadwiseLinear.Backward(Geometry, tape.GradOf(output), X, Weight, tape.GradOf(X), tape.GradOf(Weight));
    }
}
