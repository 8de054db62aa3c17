using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of the encoding of points: one, a window with a tail, padding, many features, large angles.</summary>
public static class PointEncodingCases
{
    public static CaseFamily Family => new("PointEncoding", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(1, 1, new(0, 1), new(1, 1, 1), 1),
        new Case(3, 5, new(1, 2, 4, 1), new(16, 24, 9), 4),
        new Case(2, 6, new(0, 3, 3, 3), new(128, 96, 64), 37),
        new Case(1, 7, new(6, 1, 2, 3), new(5, 7, 11), 128, deviation: 30),
        new Case(67, 1, new(0, 1), new(4, 4, 5), 16),
    ];

    private sealed class Case(int items, int entries, PointWindow window, Extent3 grid, int features, float deviation = 1) : OpCase
    {
        private const int Padding = -1;
        private const int Labels = 5;

        public override string Name => $"PointEncoding {items}x{entries} entries, {window.Tokens} tokens of {3 * features}, {grid}, deviation {deviation}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            new(new(items, entries, 4), [.. Enumerable.Range(0, items * entries).SelectMany(entry => Entry(entry, grid))], Differentiable: false),
            Sampler.Normal(2, new(3, features), deviation: deviation, differentiable: false),
        ];

        // The angle is reduced in double and the polynomials are within two units, so no float arithmetic on large angles need be allowed for.
        public override double ErrorFactor => 0;

        /// <summary>The encoding of every token, and an eighth of its row.</summary>
        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var (encodings, rows) = PointEncoding.Apply(tape, inputs[0], window, grid, inputs[1], Padding);
            var table = tape.From(new(Labels, 1), [.. Enumerable.Range(0, Labels).Select(row => row / 8f)]);
            return Concat.Apply(tape, [encodings, Gather.Apply(tape, table, rows, new(items, window.Tokens, 1))], axis: -1);
        }

        public override T[] Reference<T>(T[][] inputs)
        {
            var (two, half) = (T.One + T.One, T.One / (T.One + T.One));
            T[] sizes = [T.CreateChecked(grid.D), T.CreateChecked(grid.H), T.CreateChecked(grid.W)];
            var y = new List<T>();
            for (var item = 0; item < items; item++)
            {
                for (var token = 0; token < window.Tokens; token++)
                {
                    var at = 4 * ((item * entries) + (token < window.Count ? window.First + token : window.TailFirst + token - window.Count));
                    var label = inputs[0][at + 3];
                    var angles = Enumerable.Range(0, features).Select(f => Enumerable.Range(0, 3).Aggregate(
                        T.Zero, (sum, axis) => sum + (((two * (inputs[0][at + axis] + half) / sizes[axis]) - T.One) * inputs[1][(axis * features) + f]))).ToArray();
                    var isPoint = label >= T.Zero ? T.One : T.Zero;
                    y.AddRange(angles.Select(angle => isPoint * T.Sin(two * T.Pi * angle)));
                    y.AddRange(angles.Select(angle => isPoint * T.Cos(two * T.Pi * angle)));
                    y.AddRange(angles.Select(angle => isPoint * T.Sin(two * T.Pi * angle)));
                    y.Add((label + T.One) / T.CreateChecked(8));
                }
            }

            return [.. y];
        }

        private static float[] Entry(int entry, Extent3 grid)
        {
            float At(int axis, int size) => (float)(Sampler.Unit(1 + axis, entry) * size);
            return [At(0, grid.D), MathF.Floor(At(1, grid.H)), MathF.Floor(At(2, grid.W)), (entry % Labels) + Padding];
        }
    }
}
