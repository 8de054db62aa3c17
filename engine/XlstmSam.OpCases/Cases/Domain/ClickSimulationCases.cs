using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of the simulated click: blobs and noise, nothing wrong, nothing there, ties, borders, sizes past a warp and past a chunk.</summary>
public static class ClickSimulationCases
{
    public static CaseFamily Family => new("ClickSimulation", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case("one voxel, missed", new(1, 1, 1), 1, prediction: Nowhere, target: Everywhere),
        new Case("one voxel, found", new(1, 1, 1), 1, prediction: Everywhere, target: Everywhere),
        new Case("nothing anywhere", new(2, 3, 4), 2, prediction: Nowhere, target: Nowhere),
        new Case("all wrong", new(5, 6, 7), 2, prediction: Everywhere, target: Nowhere),
        new Case("nothing wrong", new(7, 9, 11), 4, prediction: Blobs(1), target: Blobs(1)),
        new Case("no prediction", new(7, 9, 11), 4, prediction: null, target: Blobs(2)),
        new Case("blobs", new(11, 13, 17), 4, prediction: Blobs(3), target: Blobs(4)),
        new Case("blobs past a chunk", new(17, 16, 17), 2, prediction: Blobs(5), target: Blobs(6)),
        new Case("sparse noise", new(7, 9, 35), 4, prediction: Noise(0.1), target: Nowhere),
        new Case("noise", new(6, 5, 67), 4, prediction: Noise(0.2), target: Noise(0.2)),
        new Case("dense noise", new(5, 8, 33), 4, prediction: Noise(0.9), target: Nowhere, threshold: 0.5f),
        new Case("lone voxels, all equal", new(4, 6, 40), 4, prediction: (_, _, d, h, w) => d % 2 + (h % 2) + (w % 2) == 0, target: Nowhere),
        new Case("diagonals", new(7, 7, 7), 2, prediction: (_, _, d, h, w) => d == h && h == w, target: (_, _, d, h, w) => d + h == 6 && w == 0),
        new Case("combs", new(3, 9, 34), 2, prediction: (_, _, d, h, w) => d == 1 && (h % 2 == 0 || w == (h % 4 == 1 ? 33 : 0)), target: Nowhere),
        new Case("a line", new(1, 1, 4097), 2, prediction: (_, _, _, _, w) => w % 1024 != 7, target: Nowhere),
        new Case("a column", new(37, 1, 1), 2, prediction: Noise(0.7), target: Nowhere),
    ];

    private delegate bool Pattern(int mask, Extent3 grid, int d, int h, int w);

    private static bool Nowhere(int mask, Extent3 grid, int d, int h, int w) => false;

    private static bool Everywhere(int mask, Extent3 grid, int d, int h, int w) => true;

    private static Pattern Noise(double share) => (mask, grid, d, h, w) => Sampler.Unit(mask + (int)(1000 * share), w + (grid.W * (h + (grid.H * d)))) < share;

    private static Pattern Blobs(int seed) => (mask, grid, d, h, w) => Enumerable.Range(0, 4).Any(ball =>
    {
        double At(int axis, int size) => Sampler.Unit(seed + (100 * mask), (4 * ball) + axis) * size;
        var (z, y, x) = (d - At(0, grid.D), h - At(1, grid.H), w - At(2, grid.W));
        return Math.Sqrt((z * z) + (y * y) + (x * x)) < 1 + At(3, Math.Max(grid.D, Math.Max(grid.H, grid.W)) / 4);
    });

    /// <summary>Every other mask gets a deepest click, the others a uniform one; the click is the middle of three entries.</summary>
    private sealed class Case(string what, Extent3 grid, int masks, Pattern? prediction, Pattern target, float threshold = 0) : OpCase
    {
        private const int Entries = 3;
        private const int Round = 1;
        private readonly int[] draws = [.. Enumerable.Range(0, 2 * masks).SelectMany(i => new[] { i % 2 == 0 ? 1 : 0, (int)Word(i, 0), (int)Word(i, 1) })];
        private readonly byte[] targets = Painted(target, grid, masks, isSet => isSet ? (byte)1 : (byte)0);

        public override string Name => $"ClickSimulation {what} {masks}x{grid}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            new(new(masks, grid.D, grid.H, grid.W), Painted(prediction ?? Nowhere, grid, masks, isSet => isSet ? threshold + 1 : threshold),
                Differentiable: false),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var prompts = tape.Zeros(new(masks, Entries, 4));
            ClickSimulation.Place(
                tape, grid, prediction is null ? null : inputs[0], threshold, tape.Labels(targets), tape.Indices(draws), Round, prompts, entry: 1);
            return prompts;
        }

        public override T[] Reference<T>(T[][] inputs)
        {
            var prompts = new T[masks * Entries * 4];
            var voxels = (int)grid.Count;
            for (var mask = 0; mask < masks; mask++)
            {
                var (limit, draw) = (T.CreateChecked(threshold), (Round * masks) + mask);
                bool[] inside = [.. targets.Skip(mask * voxels).Take(voxels).Select(y => y != 0)];
                bool[] error = prediction is null ? new bool[voxels] : [.. inside.Select((isInside, i) => inputs[0][(mask * voxels) + i] > limit != isInside)];
                var click = NaiveClick.Place(grid, error, inside, draws[3 * draw] != 0, ((ulong)Word(draw, 0) << 32) | Word(draw, 1));
                int[] entry = [click / grid.W / grid.H, click / grid.W % grid.H, click % grid.W, inside[click] ? 1 : 0];
                Array.ConvertAll(entry, T.CreateChecked).CopyTo(prompts, 4 * ((Entries * mask) + 1));
            }

            return prompts;
        }

        private static uint Word(int draw, int half) => (uint)(Sampler.Unit(77 + half, draw) * uint.MaxValue);

        private static TValue[] Painted<TValue>(Pattern pattern, Extent3 grid, int masks, Func<bool, TValue> value) =>
        [
            .. from mask in Enumerable.Range(0, masks)
               from d in Enumerable.Range(0, grid.D)
               from h in Enumerable.Range(0, grid.H)
               from w in Enumerable.Range(0, grid.W)
               select value(pattern(mask, grid, d, h, w)),
        ];
    }
}
