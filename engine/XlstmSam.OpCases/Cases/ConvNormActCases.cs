using System.Numerics;
using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of ConvNormAct: each activation, with and without bias and residual.</summary>
public static class ConvNormActCases
{
    public static CaseFamily Family => new("ConvNormAct", Arithmetic.Product, All)
    {
        // Before the norm z is rounded too, up to twice as large as what the norm makes of it; on the way back dy, z again, dz and dx, in products of
        // each other.
        Stored = op => new VolumeCase(op, roundings: 3, gradientRoundings: 8, beta: 3),
    };

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new ConvNormActCase(new(1, new(2, 3, 4), 2, 3, Extent3.Cube(3), Extent3.Cube(1), Extent3.Cube(1)), Activation.LeakyRelu, true, false),
        new ConvNormActCase(new(2, new(3, 4, 5), 2, 5, Extent3.Cube(3), Extent3.Cube(2), Extent3.Cube(1)), Activation.None, false, false),
        new ConvNormActCase(new(2, new(2, 3, 2), 3, 4, Extent3.Cube(1), Extent3.Cube(1), default), Activation.Relu, true, true),
        new ConvNormActCase(new(2, new(3, 5, 6), 16, 16, Extent3.Cube(3), Extent3.Cube(1), Extent3.Cube(1)), Activation.LeakyRelu, true, true),
        new ConvNormActCase(new(1, new(5, 10, 9), 8, 24, Extent3.Cube(3), Extent3.Cube(1), Extent3.Cube(1)), Activation.None, false, false),
        new ConvNormActCase(new(2, new(7, 6, 5), 16, 24, Extent3.Cube(3), Extent3.Cube(2), Extent3.Cube(1)), Activation.LeakyRelu, true, false),
        new ConvNormActCase(new(1, new(2, 2, 7), 2, 9, new(1, 3, 3), Extent3.Cube(1), new(0, 1, 1)), Activation.LeakyRelu, false, true),
    ];

    private sealed class ConvNormActCase(Conv3dGeometry g, Activation activation, bool hasBias, bool hasResidual) : OpCase
    {
        private readonly int bias = hasBias ? 4 : -1;
        private readonly int residual = !hasResidual ? -1 : hasBias ? 5 : 4;

        public override string Name =>
            $"ConvNormAct k{g.Kernel} s{g.Stride} {g.N} of {g.In} {g.Cin}->{g.Cout} {activation}{(hasBias ? " bias" : "")}{(hasResidual ? " residual" : "")}";

        public override double ErrorFactor => NaiveConv3d.RoundingFactor(g) * base.ErrorFactor; // Winograd

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new(g.N, g.In.D, g.In.H, g.In.W, g.Cin)),
            Sampler.Normal(2, new(g.Kernel.D, g.Kernel.H, g.Kernel.W, g.Cin, g.Cout)),
            Sampler.Uniform(3, new(g.Cout), 0.5f, 1.5f),
            Sampler.Normal(4, new(g.Cout)),
            .. hasBias ? [Sampler.Normal(5, new(g.Cout))] : Array.Empty<Sample>(),
            .. hasResidual ? [Sampler.Normal(6, new(g.N, g.Out.D, g.Out.H, g.Out.W, g.Cout))] : Array.Empty<Sample>(),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => ConvNormAct.Apply(
            tape, inputs[0], inputs[1], At(inputs, bias), inputs[2], inputs[3], g.Stride, g.Padding, activation, At(inputs, residual));

        public override T[] Reference<T>(T[][] inputs)
        {
            var z = NaiveConv3d.Forward(g, inputs[0], inputs[1], At(inputs, bias));
            var (voxels, count) = ((int)g.Out.Count, T.CreateChecked(g.Out.Count));
            for (var plane = 0; plane < g.N * g.Cout; plane++)
            {
                var (first, channel) = ((plane / g.Cout * voxels * g.Cout) + (plane % g.Cout), plane % g.Cout);
                var (mean, variance) = (T.Zero, T.Zero);
                for (var v = 0; v < voxels; v++)
                {
                    mean += z[first + (v * g.Cout)] / count;
                }

                for (var v = 0; v < voxels; v++)
                {
                    var centred = z[first + (v * g.Cout)] - mean;
                    variance += centred * centred / count;
                }

                var rstd = T.One / T.Sqrt(variance + T.CreateChecked(1e-5));
                for (var i = first; i < first + (voxels * g.Cout); i += g.Cout)
                {
                    var y = ((z[i] - mean) * rstd * inputs[2][channel]) + inputs[3][channel];
                    z[i] = Activate(residual < 0 ? y : y + inputs[residual][i]);
                }
            }

            return z;
        }

        private static T? At<T>(T[] inputs, int index)
            where T : class => index < 0 ? null : inputs[index];

        private T Activate<T>(T x)
            where T : unmanaged, IFloatingPointIeee754<T> =>
            activation == Activation.None || x > T.Zero ? x : activation == Activation.Relu ? T.Zero : x * T.CreateChecked(0.01);
    }
}
