using System.Numerics;
using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of the instance norm with its epilogues: narrow and wide channels, one voxel, several blocks.</summary>
public static class InstanceNormCases
{
    public static CaseFamily Family => new("InstanceNorm", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(new(1, 1, 3)),
        new Case(new(1, 7, 1)),
        new Case(new(2, 3, 5, 3), Activation.LeakyRelu),
        new Case(new(1, 2, 3, 3, 8), Activation.Relu, residual: true),
        new Case(new(2, 2, 2, 2, 16), Activation.LeakyRelu, residual: true),
        new Case(new(1, 17, 9), Activation.LeakyRelu),
        new Case(new(1, 9, 48), residual: true),
        new Case(new(1, 5, 131), Activation.LeakyRelu),
        new Case(new(3, 41, 1), Activation.LeakyRelu),

        // Far from zero, where a sum of squares would cancel.
        new Case(new(1, 40, 4), mean: 300),

        // Several blocks, the last one incomplete.
        new Case(new(2, 2111, 8), Activation.LeakyRelu),
        new Case(new(1, 17003, 1)),
    ];

    private sealed class Case : OpCase
    {
        private const double Epsilon = 1e-5;
        private readonly Shape shape;
        private readonly Activation activation;
        private readonly bool far;

        public Case(Shape shape, Activation activation = Activation.None, bool residual = false, float mean = 0)
        {
            (this.shape, this.activation, far) = (shape, activation, mean != 0);
            var channels = new Shape(shape[-1]);
            Name = $"InstanceNorm {shape} {activation}{(residual ? " residual" : "")}{(far ? $" mean {mean}" : "")}";
            Sample[] norm = [Sampler.Normal(1, shape, mean), Sampler.Normal(2, channels, 1, 0.3f), Sampler.Normal(3, channels)];
            Inputs = residual ? [.. norm, Sampler.Normal(4, shape)] : norm;
            KeepAwayFromKink();
        }

        public override string Name { get; }

        public override IReadOnlyList<Sample> Inputs { get; }

        /// <summary>xhat of x = 300 + z carries the rounding of x, 1.5e-5 of a deviation, into every gradient.</summary>
        public override double GradientTolerance => far ? 3e-5 : base.GradientTolerance;

        public override Tensor Apply(Tape tape, Tensor[] inputs) =>
            InstanceNorm.Apply(tape, inputs[0], inputs[1], inputs[2], activation, inputs.Length > 3 ? inputs[3] : null);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = Argument(inputs);
            for (var i = 0; i < y.Length && activation != Activation.None; i++)
            {
                y[i] = activation == Activation.Relu ? ReluDefinition.Of(y[i]) : LeakyReluDefinition.Of(y[i]);
            }

            return y;
        }

        private T[] Argument<T>(T[][] inputs)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (x, channels) = (inputs[0], shape[-1]);
            var y = new T[x.Length];
            var sample = x.Length / shape[0];
            for (var plane = 0; plane < shape[0] * channels; plane++)
            {
                var (n, c) = (plane / channels, plane % channels);
                var (first, end) = ((n * sample) + c, (n + 1) * sample);
                var (mean, rstd) = Moments.Of(x, first, end, channels, Epsilon);
                for (var i = first; i < end; i += channels)
                {
                    y[i] = (inputs[1][c] * ((x[i] - mean) * rstd)) + inputs[2][c];
                    y[i] = inputs.Length > 3 ? y[i] + inputs[3][i] : y[i];
                }
            }

            return y;
        }

        // What the activation sees follows x slowly: pushing x, or the residual, away until no argument is near zero.
        private void KeepAwayFromKink()
        {
            for (var round = 0; round < 20 && activation != Activation.None; round++)
            {
                var argument = Argument(Array.ConvertAll([.. Inputs], sample => Array.ConvertAll(sample.Values, v => (double)v)));
                var moved = Inputs.Count > 3 ? Inputs[3].Values : Inputs[0].Values;
                for (var i = 0; i < argument.Length; i++)
                {
                    moved[i] += Math.Abs(argument[i]) < 2e-3 ? 0.02f : 0;
                }
            }
        }
    }
}
