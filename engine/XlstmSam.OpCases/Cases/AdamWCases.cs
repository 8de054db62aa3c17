using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of AdamW: three updates in a row. The output is the parameters and both moments, one after the other.</summary>
public static class AdamWCases
{
    private const int Updates = 3;

    public static CaseFamily Family => new("AdamW", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case("AdamW", 1, decoupled: true),
        new Case("AdamW", 37, decoupled: true),
        new Case("AdamW one past a block", 32769, decoupled: true),
        new Case("AdamW late", 101, decoupled: true, firstStep: 5000),
        new Case("Adam", 101, decoupled: false),
        new Case("AdamW, tiny gradients", 101, decoupled: true, deviation: 1e-7f),
        new Case("AdamW clipped", 101, decoupled: true, clipNorm: 0.3f),
        new Case("Adam below its clip", 101, decoupled: false, clipNorm: 30),
    ];

    private sealed class Case(string what, int length, bool decoupled, long firstStep = 1, float deviation = 0.1f, float clipNorm = 0) : OpCase
    {
        public override string Name => $"AdamW {what} {length}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new(length), differentiable: false),
            .. Enumerable.Range(2, Updates).Select(seed => Sampler.Normal(seed, new(length), deviation: deviation, differentiable: false)),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var (state, squares) = (tape.Zeros(new(3 * length)), clipNorm > 0 ? tape.Empty(new(1), requiresGrad: false) : null);
            View parameters = state.Data.Slice(0, length), first = state.Data.Slice(length, length), second = state.Data.Slice(2 * length, length);
            tape.Backend.Elementwise.AddScaled(inputs[0], 1, parameters);
            for (var update = 0; update < Updates; update++)
            {
                if (squares is not null)
                {
                    tape.Backend.Reduction.SumOfSquares(inputs[1 + update], squares);
                }

                tape.Backend.AdamW.Update(new(0.01f, 0.1f, decoupled, firstStep + update, clipNorm), squares, parameters, inputs[1 + update], first, second);
            }

            return state;
        }

        public override T[] Reference<T>(T[][] inputs)
        {
            T beta1 = T.CreateChecked(0.9), beta2 = T.CreateChecked(0.999), rate = T.CreateChecked(0.01), decay = T.CreateChecked(0.1),
                epsilon = T.CreateChecked(1e-8);
            var state = new T[3 * length];
            inputs[0].CopyTo(state, 0);
            for (var update = 0; update < Updates; update++)
            {
                // The powers are exact in every precision: they stand for a running product.
                var correction1 = T.CreateChecked(1 - Math.Pow(0.9, firstStep + update));
                var correction2 = T.CreateChecked(1 - Math.Pow(0.999, firstStep + update));
                var (norm, clip) = (T.Sqrt(inputs[1 + update].Aggregate(T.Zero, (sum, g) => sum + (g * g))), T.CreateChecked(clipNorm));
                var scale = clip > T.Zero && norm > clip ? clip / norm : T.One;
                for (var i = 0; i < length; i++)
                {
                    var g = (scale * inputs[1 + update][i]) + (decoupled ? T.Zero : decay * state[i]);
                    var theta = decoupled ? state[i] * (T.One - (rate * decay)) : state[i];
                    var m = (beta1 * state[length + i]) + ((T.One - beta1) * g);
                    var v = (beta2 * state[(2 * length) + i]) + ((T.One - beta2) * g * g);
                    state[i] = theta - (rate * (m / correction1) / (T.Sqrt(v / correction2) + epsilon));
                    (state[length + i], state[(2 * length) + i]) = (m, v);
                }
            }

            return state;
        }
    }
}
