using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>A transposed convolution that doubles the volume: x is (N, D, H, W, Cin), the weight is (Cin, 2, 2, 2, Cout).</summary>
public static class ConvTranspose3d
{
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias)
    {
        var geometry = Geometry(x.Shape, weight.Shape, bias?.Shape);
        var (output, kernels) = (geometry.Out, tape.Backend.ConvTranspose3d);
        var requiresGrad = x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true };
        var y = tape.Empty(new(geometry.N, output.D, output.H, output.W, geometry.Cout), requiresGrad);
        kernels.Forward(geometry, x, weight, bias, y, tape.Workspace(kernels.WorkspaceLength(geometry)));
        return tape.Record(y, new ConvTranspose3dPullback(geometry, x, weight, bias));
    }

    private static ConvTranspose3dGeometry Geometry(Shape x, Shape weight, Shape? bias)
    {
        Require.Rank("ConvTranspose3d", "x", x, 5);
        Require.Rank("ConvTranspose3d", "weight", weight, 5);
        Require.Same("ConvTranspose3d", "weight", weight, new(x[4], 2, 2, 2, weight[4]), $"to match C of x {x}");
        if (bias is { } shape)
        {
            Require.Same("ConvTranspose3d", "bias", shape, new(weight[4]), $"to match Cout of weight {weight}");
        }

        return new(x[0], new(x[1], x[2], x[3]), x[4], weight[4]);
    }

    private sealed record ConvTranspose3dPullback(ConvTranspose3dGeometry Geometry, Tensor X, Tensor Weight, Tensor? Bias) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var kernels = tape.Backend.ConvTranspose3d;
            kernels.Backward(
                Geometry, tape.GradOf(output), X, Weight, tape.GradOf(X), tape.GradOf(Weight), tape.GradOf(Bias),
                tape.Workspace(kernels.WorkspaceLength(Geometry)));
        }
    }
}
