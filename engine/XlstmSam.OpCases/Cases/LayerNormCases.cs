using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of the layer norm: plain, residual-scale and grouped.</summary>
public static class LayerNormCases
{
    public static CaseFamily Family => new("LayerNorm", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(new(3, 1)),
        new Case(new(7)),
        new Case(new(2, 3, 8)),
        new Case(new(5, 9), bias: false),
        new Case(new(5, 17), scaleOffset: 1, bias: false),
        new Case(new(2, 4, 48), groups: 4, scaleOffset: 1, bias: false),
        new Case(new(3, 12), groups: 4),
        new Case(new(6, 10), groups: 10),
        new Case(new(3, 131), epsilon: 1e-6f),
        new Case(new(2, 5003)),

        // Several blocks of rows.
        new Case(new(1201, 24), groups: 2),
        new Case(new(4, 40), mean: 300),
    ];

    private sealed class Case(Shape shape, int groups = 1, float scaleOffset = 0, bool bias = true, float epsilon = 1e-5f, float mean = 0) : OpCase
    {
        public override string Name { get; } =
            $"LayerNorm {shape} groups {groups} offset {scaleOffset}{(bias ? "" : " no bias")}{(mean != 0 ? $" mean {mean}" : "")}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, shape, mean), Sampler.Normal(2, new(shape[-1]), 1 - scaleOffset, 0.3f), .. bias ? [Sampler.Normal(3, new(shape[-1]))] : Array.Empty<Sample>(),
        ];

        /// <summary>xhat of x = 300 + z carries the rounding of x, 1.5e-5 of a deviation, into every gradient.</summary>
        public override double GradientTolerance => mean != 0 ? 3e-5 : base.GradientTolerance;

        public override Tensor Apply(Tape tape, Tensor[] inputs) =>
            LayerNorm.Apply(tape, inputs[0], inputs[1], bias ? inputs[2] : null, groups, scaleOffset, epsilon);

        public override T[] Reference<T>(T[][] inputs)
        {
            var (channels, width) = (shape[-1], shape[-1] / groups);
            var y = new T[inputs[0].Length];
            for (var first = 0; first < y.Length; first += width)
            {
                var (average, rstd) = Moments.Of(inputs[0], first, first + width, 1, epsilon);
                for (var i = first; i < first + width; i++)
                {
                    var c = i % channels;
                    y[i] = (inputs[0][i] - average) * rstd * (T.CreateChecked(scaleOffset) + inputs[1][c]);
                    y[i] = bias ? y[i] + inputs[2][c] : y[i];
                }
            }

            return y;
        }
    }
}
