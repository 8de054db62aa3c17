using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of Attention: one key, ragged tiles on both sides, the head sizes of the decoder.</summary>
public static class AttentionCases
{
    public static CaseFamily Family => new("Attention", Arithmetic.Chain, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(new(1, 1, 1, 1, 4)),
        new Case(new(2, 2, 3, 5, 6)),
        new Case(new(1, 8, 7, 64, 12)),
        new Case(new(1, 2, 65, 7, 24)),
        new Case(new(1, 2, 5, 65, 48)),
        new Case(new(2, 3, 67, 131, 6)),
        new Case(new(1, 1, 131, 67, 9)),
        new Case(new(1, 2, 9, 70, 67)),
        new Case(new(1, 2, 33, 70, 8), scale: 6),
    ];

    private sealed class Case(AttentionGeometry geometry, float scale = 1) : OpCase
    {
        public override string Name => $"Attention B{geometry.B} {geometry.Heads}x{geometry.HeadSize} {geometry.Sq} queries {geometry.Sk} keys"
            + (scale == 1 ? "" : " peaked");

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new(geometry.B, geometry.Sq, geometry.Heads * geometry.HeadSize), deviation: scale),
            Sampler.Normal(2, new(geometry.B, geometry.Sk, geometry.Heads * geometry.HeadSize)),
            Sampler.Normal(3, new(geometry.B, geometry.Sk, geometry.Heads * geometry.HeadSize)),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => Attention.Apply(tape, inputs[0], inputs[1], inputs[2], geometry.Heads);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[inputs[0].Length];
            var scores = new T[geometry.Sk];
            for (var b = 0; b < geometry.B; b++)
            {
                for (var row = 0; row < geometry.Sq; row++)
                {
                    for (var head = 0; head < geometry.Heads; head++)
                    {
                        Row(inputs, y, scores, Start(b, geometry.Sq, row, head), j => Start(b, geometry.Sk, j, head));
                    }
                }
            }

            return y;
        }

        private void Row<T>(T[][] inputs, T[] y, T[] scores, int query, Func<int, int> key)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var highest = T.NegativeInfinity;
            for (var j = 0; j < scores.Length; j++)
            {
                var score = T.Zero;
                for (var c = 0; c < geometry.HeadSize; c++)
                {
                    score += inputs[0][query + c] * inputs[1][key(j) + c];
                }

                scores[j] = score / T.Sqrt(T.CreateChecked(geometry.HeadSize));
                highest = T.Max(highest, scores[j]);
            }

            var sum = T.Zero;
            for (var j = 0; j < scores.Length; j++)
            {
                var weight = T.Exp(scores[j] - highest);
                sum += weight;
                for (var c = 0; c < geometry.HeadSize; c++)
                {
                    y[query + c] += weight * inputs[2][key(j) + c];
                }
            }

            for (var c = 0; c < geometry.HeadSize; c++)
            {
                y[query + c] /= sum;
            }
        }

        private int Start(int b, int rows, int row, int head) => ((((b * rows) + row) * geometry.Heads) + head) * geometry.HeadSize;
    }
}
