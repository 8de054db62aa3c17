using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// y = activation(gamma xhat + beta + residual) with xhat the instance norm of z = conv(x): one op that keeps z and its statistics. y is kept only where the
/// residual is not, else it is made again in backward; without a tape that keeps them it takes the place of z.
/// The activation is None, Relu or LeakyRelu, whose gradient y itself decides. z and y are stored as x is, and so are their gradients.
/// </summary>
public static class ConvNormAct
{
    private const float Epsilon = 1e-5f;

    public static Tensor Apply(
        Tape tape, Tensor x, Tensor weight, Tensor? bias, Tensor gamma, Tensor beta, Extent3 stride, Extent3 padding, Activation activation,
        Tensor? residual = null)
    {
        var conv = Conv3d.Geometry("ConvNormAct", x, weight.Shape, bias?.Shape, stride, padding);
        var shape = Conv3d.OutputShape(conv);
        Check(shape, x.Type, gamma, beta, activation, residual);
        var norm = new InstanceNormGeometry(conv.N, conv.Out.Count, conv.Cout, x.Type);
        var requiresGrad = x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true }
            || gamma.RequiresGrad || beta.RequiresGrad || residual is { RequiresGrad: true };
        var z = tape.Rent(shape.Length, x.Type);
        var kernels = tape.Backend.Conv3d;
        var (mean, rstd) = (tape.Rent(norm.Planes), tape.Rent(norm.Planes));
        kernels.ForwardWithMoments(conv, x, weight, bias, z.As(x.Type), Epsilon, mean.View, rstd.View);

        var pullback = new ConvNormActPullback(conv, norm, activation, x, weight, bias, gamma, beta, residual, z, mean, rstd);
        var y = !requiresGrad || !tape.IsTaping ? Tape.Within(z, shape, x.Type)
            : residual is null or { IsKept: true } ? tape.Transient(shape, x.Type, pullback.Normalised)
            : tape.Empty(shape, requiresGrad, x.Type);
        tape.Backend.InstanceNorm.Normalise(norm, activation, z.As(x.Type), gamma, beta, residual, y, mean.View, rstd.View);
        x.Keep();
        return tape.Record(y, pullback);
    }

    private static void Check(Shape y, ElementType type, Tensor gamma, Tensor beta, Activation activation, Tensor? residual)
    {
        Require.Same("ConvNormAct", "gamma", gamma.Shape, new(y[4]), $"to match C of the output {y}");
        Require.Same("ConvNormAct", "beta", beta.Shape, new(y[4]), $"to match C of the output {y}");
        if (residual is not null)
        {
            Require.Same("ConvNormAct", "residual", residual.Shape, y, "to match the output");
            Require.That(residual.Type == type, $"ConvNormAct: the residual is stored as {residual.Type}; expected {type} like x. Cast one of them.");
        }

        Require.That(
            activation is Activation.None or Activation.Relu or Activation.LeakyRelu,
            $"ConvNormAct: the activation is {activation}; expected None, Relu or LeakyRelu.");
    }

    private sealed record ConvNormActPullback(
        Conv3dGeometry Conv, InstanceNormGeometry Norm, Activation Activation, Tensor X, Tensor Weight, Tensor? Bias, Tensor Gamma,
        Tensor Beta, Tensor? Residual,
        Block Z, Block Mean, Block Rstd) : Pullback
    {
        /// <summary>y again, from what is kept anyway.</summary>
        public Block Normalised(Tape tape)
        {
            var y = tape.Rent(Norm.Length, Norm.Type);
            tape.Backend.InstanceNorm.Normalise(
                Norm, Activation, Z.As(Norm.Type), Gamma, Beta, Residual is null ? View.None : tape.ValuesOf(Residual), y.As(Norm.Type), Mean.View, Rstd.View);
            return y;
        }

        public override void Apply(Tape tape, Tensor output)
        {
            var y = Activation == Activation.None ? View.None : tape.ValuesOf(output);
            var dy = tape.GradOf(output);
            var needsDz = X.RequiresGrad || Weight.RequiresGrad || Bias is { RequiresGrad: true };

            // z is not needed any more once its gradient is known, which takes its place.
            tape.Backend.InstanceNorm.Backward(
                Norm, Activation, dy, Z.As(Norm.Type), y, Gamma, Mean.View, Rstd.View, needsDz
                    ? Z.As(Norm.Type)
                    : View.None, tape.GradOf(Gamma), tape.GradOf(Beta), tape.GradInPlace(Residual, output));
            tape.Arena.Advance();
            if (needsDz)
            {
                Conv3d.AddGradients(tape, Conv, () => Z.As(Norm.Type), X, Weight, Bias);
            }
        }
    }
}
