using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of the overlap of masks: one voxel, crossed pairs, empty masks, one past a share.</summary>
public static class MaskOverlapCases
{
    public static CaseFamily Family => new("MaskOverlap", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case("one voxel", new(1, 1), 1, 0.5, [0, 0]),
        new Case("crossed", new(3, 4, 5, 7), 3, 0.4, [0, 0, 1, 0, 2, 1, 1, 2, 0, 0]),
        new Case("empty targets", new(2, 37), 2, 0, [0, 1, 1, 0]),
        new Case("one past a share", new(2, 16385), 1, 0.3, [1, 0, 0, 0]),
    ];

    private sealed class Case(string what, Shape shape, int masks, double foreground, int[] pairs) : OpCase
    {
        private readonly long voxels = shape.Length / shape[0];

        public override string Name => $"MaskOverlap {what} {shape}";

        /// <summary>The first mask of the logits is empty where targets are.</summary>
        public override IReadOnlyList<Sample> Inputs { get; } =
            [new(shape, [.. Sampler.Normal(1, shape).Values.Select((x, i) => foreground == 0 && i < shape.Length / shape[0] ? -MathF.Abs(x) : x)],
                Differentiable: false)];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => MaskOverlap.Dice(tape, inputs[0], tape.Labels(Targets), tape.Indices(pairs));

        public override T[] Reference<T>(T[][] inputs)
        {
            var dice = new T[pairs.Length / 2];
            for (var pair = 0; pair < dice.Length; pair++)
            {
                var (both, either) = (0, 0);
                for (var i = 0; i < voxels; i++)
                {
                    var predicted = inputs[0][(pairs[2 * pair] * voxels) + i] > T.Zero ? 1 : 0;
                    var expected = Targets[(pairs[(2 * pair) + 1] * voxels) + i];
                    both += predicted * expected;
                    either += predicted + expected;
                }

                dice[pair] = either == 0 ? T.One : T.CreateChecked(2 * both) / T.CreateChecked(either);
            }

            return dice;
        }

        private byte[] Targets => Sampler.Labels(2, masks * voxels, foreground);
    }
}
