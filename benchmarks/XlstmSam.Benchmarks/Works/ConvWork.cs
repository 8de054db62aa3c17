using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>One pass of a convolution with a bias: x (1, D, H, W, Cin), weight (K, K, K, Cin, Cout), dy like y.</summary>
public sealed record ConvWork(WorkPass Pass, Conv3dGeometry Geometry, string Preset)
    : KernelWork(NameOf(Pass, Geometry), ShapeOf(Geometry), Preset)
{
    public static ConvWork Of(WorkPass pass, int inputs, int outputs, int side, int kernel, int stride, string preset) =>
        new(pass, new(1, Extent3.Cube(side), inputs, outputs, Extent3.Cube(kernel), Extent3.Cube(stride), Extent3.Cube(kernel / 2)), preset);

    public float[] X() => WorkInputs.Uniform(1, Geometry.In.Count * Geometry.Cin);

    /// <summary>Scaled by the fan-in, so that y is of the size of x.</summary>
    public float[] Weight() => WorkInputs.Uniform(2, Geometry.WeightLength, 1.7f / MathF.Sqrt(Geometry.Kernel.Count * Geometry.Cin));

    public float[] Bias() => WorkInputs.Uniform(3, Geometry.Cout);

    public float[] OutputGradient() => WorkInputs.Uniform(4, Geometry.Out.Count * Geometry.Cout);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = Geometry;
        var work = new PreparedWork(backend);
        var kernels = backend.Conv3d;
        switch (Pass)
        {
            case WorkPass.Forward:
                var (x, weight, bias, y) = (work.Input(X()), work.Input(Weight()), work.Input(Bias()), work.Result(geometry.Out.Count * geometry.Cout));
                return work.Bind(() => kernels.Forward(geometry, x, weight, bias, y));
            case WorkPass.DataGradient:
                var (dy, w, dx) = (work.Input(OutputGradient()), work.Input(Weight()), work.Result(geometry.In.Count * geometry.Cin));
                return work.Bind(() => kernels.BackwardData(geometry, dy, w, dx));
            default:
                var (g, input) = (work.Input(OutputGradient()), work.Input(X()));
                var (dweight, dbias) = (work.Result(geometry.WeightLength), work.Result(geometry.Cout));
                return work.Bind(() => kernels.BackwardWeight(geometry, g, input, dweight, dbias));
        }
    }

    private static string NameOf(WorkPass pass, in Conv3dGeometry g)
    {
        var channels = g.Cin == g.Cout ? $"{g.Cin}" : $"{g.Cin}->{g.Cout}";
        return $"conv k{g.Kernel.W}{(g.Stride.W == 1 ? "" : $" s{g.Stride.W}")} {Words(pass)} {channels}@{g.In.W}^3";
    }

    private static string ShapeOf(in Conv3dGeometry g) => $"x 1x{g.In}x{g.Cin}, weight {g.Kernel}x{g.Cin}x{g.Cout}, stride {g.Stride.W}";
}
