using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of DiceCe: ragged blocks, empty and full masks, confident logits, single terms.</summary>
public static class DiceCeCases
{
    public static CaseFamily Family => new("DiceCe", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case("one voxel", new(1, 1), DiceCeWeights.Default),
        new Case("small", new(2, 3, 5, 7), DiceCeWeights.Default),
        new Case("one past a block", new(1, 16385), DiceCeWeights.Default),
        new Case("confident", new(2, 101), DiceCeWeights.Default, deviation: 12),
        new Case("empty masks", new(2, 37), DiceCeWeights.Default, foreground: 0),
        new Case("full masks", new(2, 37), DiceCeWeights.Default, foreground: 1),
        new Case("Dice alone", new(3, 29), new(Dice: 1, CrossEntropy: 0)),
        new Case("cross entropy alone", new(3, 29), new(Dice: 0, CrossEntropy: 1)),
        new Case("weighted, smooth 1", new(3, 29), new(Dice: 0.3f, CrossEntropy: 2, Smooth: 1)),
    ];

    private sealed class Case(string what, Shape shape, DiceCeWeights weights, double foreground = 0.3, float deviation = 2) : OpCase
    {
        private readonly byte[] targets = Sampler.Labels(2, shape.Length, foreground);

        public override string Name => $"DiceCe {what} {shape}";

        public override IReadOnlyList<Sample> Inputs { get; } = [Sampler.Normal(1, shape, deviation: deviation)];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => DiceCe.Apply(tape, inputs[0], tape.Labels(targets), weights);

        public override T[] Reference<T>(T[][] inputs)
        {
            T dice = T.Zero, entropy = T.Zero, two = T.One + T.One, smooth = T.CreateChecked(weights.Smooth);
            var voxels = inputs[0].Length / shape[0];
            for (var n = 0; n < shape[0]; n++)
            {
                T overlap = T.Zero, predicted = T.Zero, expected = T.Zero;
                for (var i = n * voxels; i < (n + 1) * voxels; i++)
                {
                    var (x, y) = (inputs[0][i], T.CreateChecked(targets[i]));
                    var p = T.One / (T.One + T.Exp(-x));
                    overlap += p * y;
                    predicted += p * p;
                    expected += y * y;
                    entropy += T.Max(x, T.Zero) + T.Log(T.One + T.Exp(-T.Abs(x))) - (x * y);
                }

                dice += T.One - (((two * overlap) + smooth) / (predicted + expected + smooth));
            }

            return
            [
                (T.CreateChecked(weights.Dice) * dice / T.CreateChecked(shape[0]))
                    + (T.CreateChecked(weights.CrossEntropy) * entropy / T.CreateChecked(inputs[0].Length)),
            ];
        }
    }
}
