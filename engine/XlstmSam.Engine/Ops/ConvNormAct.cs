using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// y = activation(gamma xhat + beta + residual) with xhat the instance norm of z = conv(x): one op that keeps z and its statistics. y is kept only where the
/// residual is not, else it is made again in backward; without a tape that records it takes the place of z.
/// The activation is None, Relu or LeakyRelu, whose gradient y itself decides.
/// </summary>
public static class ConvNormAct
{
    private const float Epsilon = 1e-5f;

    public static Tensor Apply(
        Tape tape, Tensor x, Tensor weight, Tensor? bias, Tensor gamma, Tensor beta, Extent3 stride, Extent3 padding, Activation activation, Tensor? residual = null)
    {
        var conv = Conv3d.Geometry("ConvNormAct", x.Shape, weight.Shape, bias?.Shape, stride, padding);
        var shape = Conv3d.OutputShape(conv);
        Check(shape, gamma, beta, activation, residual);
        var norm = new InstanceNormGeometry(conv.N, conv.Out.Count, conv.Cout);
        var requiresGrad = x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true }
            || gamma.RequiresGrad || beta.RequiresGrad || residual is { RequiresGrad: true };
        var z = tape.Rent(shape.Length);
        var kernels = tape.Backend.Conv3d;
        var (mean, rstd) = (tape.Rent(norm.Planes), tape.Rent(norm.Planes));
        kernels.ForwardWithMoments(conv, x, weight, bias, z.View, Epsilon, mean.View, rstd.View, tape.Workspace(kernels.WorkspaceLength(conv)));

        var pullback = new ConvNormActPullback(conv, norm, activation, x, weight, bias, gamma, beta, residual, z, mean, rstd);
        var y = !requiresGrad || !tape.IsRecording ? Tape.Within(z, shape)
            : residual is null or { IsKept: true } ? tape.Transient(shape, pullback.Normalised)
            : tape.Empty(shape, requiresGrad);
        tape.Backend.InstanceNorm.Normalise(norm, activation, z.View, gamma, beta, residual, y, mean.View, rstd.View);
        x.Keep();
        return tape.Record(y, pullback);
    }

    private static void Check(Shape y, Tensor gamma, Tensor beta, Activation activation, Tensor? residual)
    {
        Require.Same("ConvNormAct", "gamma", gamma.Shape, new(y[4]), $"to match C of the output {y}");
        Require.Same("ConvNormAct", "beta", beta.Shape, new(y[4]), $"to match C of the output {y}");
        if (residual is not null)
        {
            Require.Same("ConvNormAct", "residual", residual.Shape, y, "to match the output");
        }

        Require.That(
            activation is Activation.None or Activation.Relu or Activation.LeakyRelu,
            $"ConvNormAct: the activation is {activation}; expected None, Relu or LeakyRelu.");
    }

    private sealed record ConvNormActPullback(
        Conv3dGeometry Conv, InstanceNormGeometry Norm, Activation Activation, Tensor X, Tensor Weight, Tensor? Bias, Tensor Gamma, Tensor Beta, Tensor? Residual,
        Block Z, Block Mean, Block Rstd) : Pullback
    {
        /// <summary>y again, from what is kept anyway.</summary>
        public Block Normalised(Tape tape)
        {
            var y = tape.Rent(Norm.Length);
            tape.Backend.InstanceNorm.Normalise(Norm, Activation, Z.View, Gamma, Beta, Residual is null ? View.None : tape.ValuesOf(Residual), y.View, Mean.View, Rstd.View);
            return y;
        }

        public override void Apply(Tape tape, Tensor output)
        {
            var y = Activation == Activation.None ? View.None : tape.ValuesOf(output);
            var dy = tape.GradOf(output);
            var needsDz = X.RequiresGrad || Weight.RequiresGrad || Bias is { RequiresGrad: true };

            // z is not needed any more once its gradient is known, which takes its place.
            tape.Backend.InstanceNorm.Backward(
                Norm, Activation, dy, Z.View, y, Gamma, Mean.View, Rstd.View, needsDz ? Z.View : View.None, tape.GradOf(Gamma), tape.GradOf(Beta), tape.GradInPlace(Residual, output));
            tape.Arena.Advance();
            if (needsDz)
            {
                Conv3d.AddGradients(tape, Conv, () => Z.View, X, Weight, Bias);
            }
        }
    }
}
