using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of Conv3d: kernels, strides and paddings that differ between axes, channels around the tile, sums that need several blocks.</summary>
public static class Conv3dCases
{
    public static CaseFamily Family => new("Conv3d", Arithmetic.Product, All)
    {
        // On the way there y alone is rounded, on the way back dy and dx.
        Stored = op => new VolumeCase(op, roundings: 1, gradientRoundings: 3),
    };

    public static IReadOnlyList<OpCase> All { get; } =
    [
        Cube(1, new(1, 1, 1), 1, 1, 3, 1, 1),
        Cube(2, new(2, 3, 7), 1, 5, 3, 1, 1),
        Cube(1, new(2, 2, 13), 2, 3, 3, 1, 1),
        Cube(1, new(2, 2, 3), 16, 2, 3, 1, 1),
        Cube(1, new(1, 2, 2), 2, 17, 3, 1, 1),
        Cube(1, new(3, 4, 5), 2, 3, 3, 1, 0),
        Cube(1, new(3, 3, 3), 2, 8, 3, 1, 1, bias: false),
        Cube(1, new(5, 4, 6), 3, 4, 3, 2, 1),
        Cube(2, new(4, 3, 5), 2, 9, 3, 2, 1),
        Cube(2, new(3, 5, 2), 3, 17, 1, 1, 0),
        Cube(1, new(9, 8, 9), 13, 24, 1, 1, 0),
        Cube(1, new(4, 5, 3), 3, 9, 1, 2, 0),
        Cube(1, new(2, 3, 2), 2, 3, 1, 1, 1),
        Cube(1, new(4, 2, 6), 2, 3, 2, 2, 0),
        Cube(1, new(3, 3, 4), 1, 2, 2, 1, 2),
        Cube(1, new(5, 6, 7), 2, 3, 2, 3, 0),
        Cube(1, new(4, 5, 3), 1, 2, 5, 1, 2),
        Cube(1, new(5, 5, 5), 1, 2, 4, 3, 1),
        Cube(2, new(5, 6, 7), 8, 8, 3, 1, 1),
        Cube(1, new(3, 10, 5), 16, 24, 3, 1, 1, bias: false),
        Cube(1, new(4, 5, 9), 24, 16, 3, 1, 0),
        Cube(1, new(1, 2, 3), 16, 32, 3, 1, 2),
        Cube(1, new(8, 8, 9), 16, 16, 3, 1, 1),
        Cube(2, new(5, 6, 7), 8, 16, 3, 2, 1),
        Cube(1, new(9, 8, 10), 24, 8, 3, 2, 1, bias: false),
        Cube(1, new(1, 2, 3), 16, 40, 3, 2, 1),
        Cube(1, new(11, 12, 13), 16, 16, 3, 2, 1),
        Cube(1, new(6, 5, 8), 8, 8, 3, 2, 0),
        new Conv3dCase(new(1, new(2, 5, 6), 2, 3, new(1, 3, 3), new(1, 2, 2), new(0, 1, 1)), true),
        new Conv3dCase(new(2, new(4, 3, 7), 2, 3, new(3, 1, 2), new(2, 1, 3), new(1, 0, 2)), true),
        new Conv3dCase(new(1, new(1, 1, 4), 130, 2, new(1, 1, 3), new(1, 1, 1), new(0, 0, 1)), true),
        new Conv3dCase(new(1, new(9, 9, 8), 1, 2, new(2, 1, 1), new(1, 1, 1), default), true),
        new Conv3dCase(new(1, new(2, 60, 11), 1, 2, new(1, 2, 1), new(1, 1, 1), new(0, 1, 0)), true),
    ];

    private static Conv3dCase Cube(int n, Extent3 input, int cin, int cout, int kernel, int stride, int padding, bool bias = true) =>
        new(new(n, input, cin, cout, Extent3.Cube(kernel), Extent3.Cube(stride), Extent3.Cube(padding)), bias);

    private sealed class Conv3dCase(Conv3dGeometry g, bool hasBias) : OpCase
    {
        public override string Name =>
            $"Conv3d k{g.Kernel} s{g.Stride} p{g.Padding} {g.N} of {g.In} {g.Cin}->{g.Cout}{(hasBias ? "" : " no bias")}";

        public override double ErrorFactor => NaiveConv3d.RoundingFactor(g) * base.ErrorFactor; // Winograd

        public override double GradientTolerance => Math.Sqrt(NaiveConv3d.RoundingFactor(g)) * base.GradientTolerance;

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new(g.N, g.In.D, g.In.H, g.In.W, g.Cin)),
            Sampler.Normal(2, new(g.Kernel.D, g.Kernel.H, g.Kernel.W, g.Cin, g.Cout)),
            .. hasBias ? [Sampler.Normal(3, new(g.Cout))] : Array.Empty<Sample>(),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) =>
            Conv3d.Apply(tape, inputs[0], inputs[1], hasBias ? inputs[2] : null, g.Stride, g.Padding);

        public override T[] Reference<T>(T[][] inputs) => NaiveConv3d.Forward(g, inputs[0], inputs[1], hasBias ? inputs[2] : null);
    }
}
