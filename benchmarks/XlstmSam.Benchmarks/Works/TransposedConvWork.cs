using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>One pass of a transposed convolution with kernel and stride 2: x (1, D, H, W, Cin), weight (Cin, 2, 2, 2, Cout).</summary>
public sealed record TransposedConvWork(WorkPass Pass, ConvTranspose3dGeometry Geometry, string Preset)
    : KernelWork(
        $"transposed conv k2 s2 {Words(Pass)} {Geometry.Cin}->{Geometry.Cout}@{Geometry.In.W}^3",
        $"x 1x{Geometry.In}x{Geometry.Cin}, weight {Geometry.Cin}x2x2x2x{Geometry.Cout}",
        Preset)
{
    public float[] X() => WorkInputs.Uniform(1, Geometry.In.Count * Geometry.Cin);

    public float[] Weight() => WorkInputs.Uniform(2, 8L * Geometry.Cin * Geometry.Cout, 1.7f / MathF.Sqrt(Geometry.Cin));

    public float[] Bias() => WorkInputs.Uniform(3, Geometry.Cout);

    public float[] OutputGradient() => WorkInputs.Uniform(4, Geometry.Out.Count * Geometry.Cout);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = Geometry;
        var work = new PreparedWork(backend);
        var kernels = backend.ConvTranspose3d;
        var (x, weight, workspace) = (work.Input(X()), work.Input(Weight()), work.Zeros(kernels.WorkspaceLength(geometry)));
        if (Pass == WorkPass.Forward)
        {
            var (bias, y) = (work.Input(Bias()), work.Result(geometry.Out.Count * geometry.Cout));
            return work.Bind(() => kernels.Forward(geometry, x, weight, bias, y, workspace));
        }

        var dy = work.Input(OutputGradient());
        var (dx, dweight, dbias) = (work.Result(geometry.In.Count * geometry.Cin), work.Result(8L * geometry.Cin * geometry.Cout), work.Result(geometry.Cout));
        return work.Bind(() => kernels.Backward(geometry, dy, x, weight, dx, dweight, dbias, workspace));
    }
}
