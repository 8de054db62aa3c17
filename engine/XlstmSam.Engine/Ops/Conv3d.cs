using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// A 3-D convolution with zero padding: x is (N, D, H, W, Cin), the weight is (Kd, Kh, Kw, Cin, Cout), y is (N, D', H', W', Cout) and stored as x is.
/// </summary>
public static class Conv3d
{
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias, Extent3 stride, Extent3 padding)
    {
        var geometry = Geometry("Conv3d", x, weight.Shape, bias?.Shape, stride, padding);
        var y = tape.Empty(OutputShape(geometry), x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true }, x.Type);
        var kernels = tape.Backend.Conv3d;
        kernels.Forward(geometry, x, weight, bias, y);
        return tape.Record(y, new Conv3dPullback(geometry, x, weight, bias));
    }

    internal static Conv3dGeometry Geometry(string op, Tensor input, Shape weight, Shape? bias, Extent3 stride, Extent3 padding)
    {
        var x = input.Shape;
        Require.Rank(op, "x", x, 5);
        Require.Rank(op, "weight", weight, 5);
        Require.That(x[4] == weight[3], $"{op}: weight is {weight}; expected (Kd, Kh, Kw, {x[4]}, Cout) to match C of x {x}.");
        if (bias is { } shape)
        {
            Require.Same(op, "bias", shape, new(weight[4]), $"to match Cout of weight {weight}");
        }

        Require.That(stride is { D: > 0, H: > 0, W: > 0 }, $"{op}: the stride is {stride}; expected at least 1 on every axis.");
        Require.That(padding is { D: >= 0, H: >= 0, W: >= 0 }, $"{op}: the padding is {padding}; expected at least 0 on every axis.");
        Require.That(
            x[1] + (2 * padding.D) >= weight[0] && x[2] + (2 * padding.H) >= weight[1] && x[3] + (2 * padding.W) >= weight[2],
            $"{op}: x {x} with padding {padding} is smaller than the kernel of weight {weight}; expected at least the kernel's size.");
        return new(x[0], new(x[1], x[2], x[3]), x[4], weight[4], new(weight[0], weight[1], weight[2]), stride, padding, input.Type);
    }

    internal static Shape OutputShape(in Conv3dGeometry geometry) => new(geometry.N, geometry.Out.D, geometry.Out.H, geometry.Out.W, geometry.Cout);

    /// <summary>
    /// The gradients of weight and bias, then that of x, from the gradient of the convolution's output: what only the first needs is free before
    /// the second takes memory.
    /// </summary>
    /// <param name="dz">Looked at once per gradient, so that the arena knows how long it is needed.</param>
    internal static void AddGradients(Tape tape, in Conv3dGeometry geometry, Func<View> dz, Tensor x, Tensor weight, Tensor? bias)
    {
        var kernels = tape.Backend.Conv3d;
        View dweight = tape.GradOf(weight), dbias = tape.GradOf(bias);
        if (!dweight.IsNone || !dbias.IsNone)
        {
            kernels.BackwardWeight(geometry, dz(), tape.ValuesOf(x), dweight, dbias);
        }

        tape.Arena.Advance();
        var dx = tape.GradOf(x);
        if (!dx.IsNone)
        {
            kernels.BackwardData(geometry, dz(), weight, dx);
        }
    }

    private sealed record Conv3dPullback(Conv3dGeometry Geometry, Tensor X, Tensor Weight, Tensor? Bias) : Pullback
    {
        public override void Apply(Tape tape, Tensor output) => AddGradients(tape, Geometry, () => tape.GradOf(output), X, Weight, Bias);
    }
}
