using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y = (scaleOffset + weight) (x - mean) / sqrt(variance + epsilon) + bias over the last axis, or over equal groups of it.</summary>
public static class LayerNorm
{
    /// <param name="x">(..., C).</param>
    /// <param name="weight">(C), as is bias.</param>
    /// <param name="groups">C is split into this many groups of neighbours, each normalised alone.</param>
    /// <param name="scaleOffset">1 where the stored weight is the distance of the scale from 1.</param>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias = null, int groups = 1, float scaleOffset = 0, float epsilon = 1e-5f)
    {
        var geometry = Geometry(x.Shape, weight.Shape, bias?.Shape, groups);
        var y = tape.Empty(x.Shape, x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true });
        var mean = tape.Rent(geometry.Rows * groups);
        var rstd = tape.Rent(geometry.Rows * groups);
        tape.Backend.LayerNorm.Forward(geometry, epsilon, scaleOffset, x, weight, bias, y, mean.View, rstd.View);
        return tape.Record(y, new LayerNormPullback(geometry, scaleOffset, x, weight, bias, mean, rstd));
    }

    private static LayerNormGeometry Geometry(Shape x, Shape weight, Shape? bias, int groups)
    {
        Require.That(x.Rank >= 1, $"LayerNorm: x is {x}; expected (..., C), at least 1 axis.");
        var channels = new Shape(x[-1]);
        Require.Same("LayerNorm", "weight", weight, channels, $"to match C of x {x}");
        if (bias is { } shape)
        {
            Require.Same("LayerNorm", "bias", shape, channels, $"to match C of x {x}");
        }

        Require.That(groups > 0 && x[-1] % groups == 0, $"LayerNorm: groups is {groups}; expected a divisor of C of x {x}.");
        return new(x.Product(0, x.Rank - 1), groups, x[-1] / groups);
    }

    private sealed record LayerNormPullback(
        LayerNormGeometry Geometry, float ScaleOffset, Tensor X, Tensor Weight, Tensor? Bias, Block Mean, Block Rstd) : Pullback
    {
        public override void Apply(Tape tape, Tensor output) => tape.Backend.LayerNorm.Backward(
            Geometry, ScaleOffset, tape.GradOf(output), X, Weight, Mean.View, Rstd.View, tape.GradOf(X), tape.GradOf(Weight), tape.GradOf(Bias));
    }
}
