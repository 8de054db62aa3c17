using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>A depthwise convolution over tokens that sees only the past: y_t = bias + Σ_p weight[p] x_{t - (K-1) + p}; reversed, only the future.</summary>
public static class CausalConv1d
{
    /// <param name="x">(B, S, C).</param>
    /// <param name="weight">(K, C).</param>
    /// <param name="bias">(C), or null.</param>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias, bool reverse = false)
    {
        var geometry = Geometry(x.Shape, weight.Shape, bias?.Shape, reverse);
        var y = tape.Empty(x.Shape, x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true });
        tape.Backend.CausalConv1d.Forward(geometry, x, weight, bias, y);
        return tape.Record(y, new CausalConv1dPullback(geometry, x, weight, bias));
    }

    private static CausalConv1dGeometry Geometry(Shape x, Shape weight, Shape? bias, bool reverse)
    {
        Require.Rank("CausalConv1d", "x", x, 3);
        Require.That(
            weight.Rank == 2 && weight[0] > 0 && weight[1] == x[2],
            $"CausalConv1d: weight is {weight}; expected (K, {x[2]}) to match C of x {x}.");
        if (bias is { } shape)
        {
            Require.Same("CausalConv1d", "bias", shape, new(x[2]), $"to match C of x {x}");
        }

        return new(x[0], x[1], x[2], weight[0], reverse);
    }

    private sealed record CausalConv1dPullback(CausalConv1dGeometry Geometry, Tensor X, Tensor Weight, Tensor? Bias) : Pullback
    {
        public override void Apply(Tape tape, Tensor output) => tape.Backend.CausalConv1d.Backward(
            Geometry, tape.GradOf(output), X, Weight, tape.GradOf(X), tape.GradOf(Weight), tape.GradOf(Bias));
    }
}
