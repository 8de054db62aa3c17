using System.Numerics;
using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of Linear: every activation, with and without bias, odd sizes, long sums in forward and in the weight gradient.</summary>
public static class LinearCases
{
    public static CaseFamily Family => new("Linear", Arithmetic.Product, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new LinearCase([1], [1], 1, true, Activation.None),
        new LinearCase([2, 3], [5], 7, true, Activation.None),
        new LinearCase([7], [17], 17, false, Activation.None),
        new LinearCase([1], [385], 9, true, Activation.None),
        new LinearCase([2], [1031], 3, true, Activation.Relu),
        new LinearCase([1100], [2], 3, true, Activation.None),
        new LinearCase([13], [6], 16, true, Activation.Relu),
        new LinearCase([3, 5], [4], 11, true, Activation.LeakyRelu),
        new LinearCase([7], [5], 17, true, Activation.Gelu),
        new LinearCase([5], [3], 8, false, Activation.Gelu),
        new LinearCase([2, 2, 3], [7], 5, true, Activation.Silu),
        new LinearCase([3], [5, 17, 1], 7, true, Activation.None),
        new LinearCase([2, 3], [4, 4], 16, false, Activation.None),
    ];

    private sealed class LinearCase(int[] rows, int[] parts, int n, bool hasBias, Activation activation) : OpCase
    {
        private readonly int k = parts.Sum();

        public override string Name =>
            $"Linear {string.Join('x', rows)}x{string.Join('+', parts)}->{n}{(hasBias ? "" : " no bias")}{(activation == Activation.None ? "" : $" {activation}")}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            .. parts.Select((width, i) => Sampler.Normal(10 + i, new([.. rows, width]))),
            Sampler.Normal(2, new(n, parts.Sum())),
            .. hasBias ? [Sampler.Normal(3, new(n))] : Array.Empty<Sample>(),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var (weight, bias) = (inputs[parts.Length], hasBias ? inputs[^1] : null);
            return parts.Length == 1 ? Linear.Apply(tape, inputs[0], weight, bias, activation) : Linear.ApplyConcat(tape, inputs[..parts.Length], weight, bias);
        }

        public override T[] Reference<T>(T[][] inputs)
        {
            var m = rows.Aggregate(1, (product, size) => product * size);
            var y = new T[m * n];
            for (var i = 0; i < y.Length; i++)
            {
                var (row, column, offset) = (i / n, i % n, 0);
                for (var part = 0; part < parts.Length; offset += parts[part++])
                {
                    for (var p = 0; p < parts[part]; p++)
                    {
                        y[i] += inputs[part][(row * parts[part]) + p] * inputs[parts.Length][(column * k) + offset + p];
                    }
                }

                y[i] = Activate(hasBias ? y[i] + inputs[^1][column] : y[i]);
            }

            return y;
        }

        private T Activate<T>(T x)
            where T : unmanaged, IFloatingPointIeee754<T> => activation switch
            {
                Activation.Relu => T.Max(x, T.Zero),
                Activation.LeakyRelu => x > T.Zero ? x : x * T.CreateChecked(0.01),
                Activation.Gelu => x * NormalDistribution(x),
                Activation.Silu => x / (T.One + T.Exp(-x)),
                _ => x,
            };

        // Φ(x) = 1/2 + φ(x) Σ x^(2j+1) / (1 3 5 .. (2j+1)): converges fast for the few standard deviations of a case.
        private static T NormalDistribution<T>(T x)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (term, sum) = (x, x);
            for (var odd = 3; odd < 400; odd += 2)
            {
                term *= x * x / T.CreateChecked(odd);
                sum += term;
            }

            return T.CreateChecked(0.5) + (sum * T.Exp(-x * x / T.CreateChecked(2)) / T.Sqrt(T.CreateChecked(2) * T.Pi));
        }
    }
}
