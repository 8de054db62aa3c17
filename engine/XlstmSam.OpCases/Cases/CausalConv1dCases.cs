using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of the causal convolution: both directions, fewer tokens than taps, several blocks of tokens.</summary>
public static class CausalConv1dCases
{
    public static CaseFamily Family => new("CausalConv1d", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(new(1, 1, 1), 1),
        new Case(new(2, 3, 3), 4),
        new Case(new(2, 2, 5), 4, reverse: true),
        new Case(new(1, 9, 8), 4),
        new Case(new(2, 7, 17), 4, reverse: true, bias: false),
        new Case(new(1, 13, 9), 2),
        new Case(new(1, 11, 4), 3, reverse: true),
        new Case(new(1, 5, 131), 4),
        new Case(new(2, 509, 40), 4),
        new Case(new(1, 1201, 16), 4, reverse: true),
    ];

    private sealed class Case(Shape shape, int taps, bool reverse = false, bool bias = true) : OpCase
    {
        public override string Name { get; } = $"CausalConv1d {shape} k{taps}{(reverse ? " reverse" : "")}{(bias ? "" : " no bias")}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, shape), Sampler.Normal(2, new(taps, shape[2])), .. bias ? [Sampler.Normal(3, new(shape[2]))] : Array.Empty<Sample>(),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => CausalConv1d.Apply(tape, inputs[0], inputs[1], bias ? inputs[2] : null, reverse);

        public override T[] Reference<T>(T[][] inputs)
        {
            var (tokens, channels) = (shape[1], shape[2]);
            var y = new T[inputs[0].Length];
            for (var i = 0; i < y.Length; i++)
            {
                var (b, t, c) = (i / channels / tokens, i / channels % tokens, i % channels);
                y[i] = bias ? inputs[2][c] : T.Zero;
                for (var p = 0; p < taps; p++)
                {
                    var source = reverse ? t + (taps - 1) - p : t - (taps - 1) + p;
                    if (source >= 0 && source < tokens)
                    {
                        y[i] += inputs[1][(p * channels) + c] * inputs[0][(((b * tokens) + source) * channels) + c];
                    }
                }
            }

            return y;
        }
    }
}
