using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y = act(gamma (x - mean) / sqrt(variance + epsilon) + beta + residual), mean and variance per sample and channel.</summary>
public static class InstanceNorm
{
    /// <param name="x">(N, ..., C).</param>
    /// <param name="gamma">(C), as is beta.</param>
    /// <param name="activation">None, Relu or LeakyRelu.</param>
    /// <param name="residual">Of x's shape, or null.</param>
    public static Tensor Apply(
        Tape tape, Tensor x, Tensor gamma, Tensor beta, Activation activation = Activation.None, Tensor? residual = null, float epsilon = 1e-5f)
    {
        var geometry = Geometry(x.Shape, gamma.Shape, beta.Shape, residual?.Shape, activation);
        var y = tape.Empty(x.Shape, x.RequiresGrad || gamma.RequiresGrad || beta.RequiresGrad || residual is { RequiresGrad: true });
        var mean = tape.Rent(geometry.Planes);
        var rstd = tape.Rent(geometry.Planes);
        tape.Backend.InstanceNorm.Forward(geometry, epsilon, activation, x, gamma, beta, residual, y, mean.View, rstd.View);
        return tape.Record(y, new InstanceNormPullback(geometry, activation, x, gamma, beta, residual, mean, rstd));
    }

    private static InstanceNormGeometry Geometry(Shape x, Shape gamma, Shape beta, Shape? residual, Activation activation)
    {
        Require.That(x.Rank >= 3, $"InstanceNorm: x is {x}; expected (N, ..., C), at least 3 axes.");
        var channels = new Shape(x[-1]);
        Require.That(
            gamma == channels && beta == channels,
            $"InstanceNorm: gamma is {gamma} and beta is {beta}; expected {channels} to match C of x {x}.");
        if (residual is { } shape)
        {
            Require.Same("InstanceNorm", "residual", shape, x, "like x");
        }

        Require.That(
            activation is Activation.None or Activation.Relu or Activation.LeakyRelu,
            $"InstanceNorm: activation is {activation}; expected None, Relu or LeakyRelu. Apply others as an elementwise op.");
        return new(x[0], x.Product(1, x.Rank - 1), x[-1]);
    }

    private sealed record InstanceNormPullback(
        InstanceNormGeometry Geometry, Activation Activation, Tensor X, Tensor Gamma, Tensor Beta, Tensor? Residual, Block Mean, Block Rstd) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var y = Activation == Activation.None ? View.None : output.Data;
            tape.Backend.InstanceNorm.Backward(
                Geometry, Activation, tape.GradOf(output), X, y, Gamma, Mean.View, Rstd.View, tape.GradOf(X), tape.GradOf(Gamma), tape.GradOf(Beta),
                    tape.GradOf(Residual));
        }
    }
}
