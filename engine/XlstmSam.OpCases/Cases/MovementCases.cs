using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of everything that only moves elements. Each reference is a list of source positions: y[i] = x[source(i)].</summary>
public static class MovementCases
{
    public static CaseFamily Family => new("Movement", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new ConcatCase(axis: 0, new(1, 3), new(2, 3)),
        new ConcatCase(axis: 1, new(2, 1, 5), new(2, 7, 5), new(2, 2, 5)),
        new ConcatCase(axis: -1, new(37, 3), new(37, 16), new(37, 1)),
        .. Slices(),
        .. Transposes(),
        .. Flips(),
        .. GatherShapes(),
        .. Repeats(),
    ];

    private static IEnumerable<OpCase> Slices()
    {
        foreach (var (shape, axis, start, count) in new (Shape, int, int, int)[] { (new(1), 0, 0, 1), (new(5, 7, 3), 1, 2, 4), (new(3, 2, 17), -1, 8, 9),
            (new(6, 11), 0, 5, 1) })
        {
            var outer = shape.Product(0, axis < 0 ? axis + shape.Rank : axis);
            var (whole, inner) = (shape[axis], shape.Length / outer / shape[axis]);
            yield return new MoveCase(
                $"Slice {shape} axis {axis} [{start}, {start + count})",
                Sampler.Uniform(1, shape),
                outer * count * inner,
                i => (((i / inner / count * whole) + start + (i / inner % count)) * inner) + (i % inner),
                (tape, x) => Slice.Apply(tape, x, axis, start, count));
        }
    }

    private static IEnumerable<OpCase> Transposes()
    {
        foreach (var shape in new Shape[] { new(1, 1), new(3, 5), new(2, 17, 33), new(2, 3, 1, 7) })
        {
            long rows = shape[-2], columns = shape[-1];
            yield return new MoveCase(
                $"Transpose {shape}",
                Sampler.Uniform(2, shape),
                shape.Length,
                i => (i / (rows * columns) * rows * columns) + (i % rows * columns) + (i / rows % columns),
                Transpose.Apply);
        }
    }

    private static IEnumerable<OpCase> Flips()
    {
        foreach (var (shape, axis) in new (Shape, int)[] { (new(1), 0), (new(3, 7), -1), (new(2, 5, 9), 1), (new(4, 3, 2), 0) })
        {
            var from = axis < 0 ? axis + shape.Rank : axis;
            var (length, inner) = ((long)shape[axis], shape.Product(from + 1, shape.Rank));
            yield return new MoveCase(
                $"Flip {shape} axis {axis}",
                Sampler.Uniform(3, shape),
                shape.Length,
                i => (((i / inner / length * length) + length - 1 - (i / inner % length)) * inner) + (i % inner),
                (tape, x) => Flip.Apply(tape, x, axis));
        }
    }

    private static IEnumerable<OpCase> GatherShapes()
    {
        foreach (var (rows, width, count) in new (int, int, int)[] { (1, 1, 1), (5, 7, 23), (3, 270, 4) })
        {
            var index = Sampler.Indices(4, count, rows);
            yield return new MoveCase(
                $"Gather {count} of {rows} rows of {width}",
                Sampler.Uniform(5, new(rows, width)),
                (long)count * width,
                i => ((long)index[i / width] * width) + (i % width),
                (tape, x) => Gather.Apply(tape, x, tape.Indices(index), new(1, count, width)));
        }
    }

    private static IEnumerable<OpCase> Repeats()
    {
        foreach (var (shape, count) in new (Shape, int)[] { (new(1), 1), (new(1, 3, 5), 4), (new(1, 17), 3) })
        {
            yield return new MoveCase(
                $"Repeat {shape} x{count}", Sampler.Uniform(6, shape), count * shape.Length, i => i % shape.Length, (tape, x) => Repeat.Apply(tape, x, count));
        }
    }

    private sealed class MoveCase(string name, Sample x, long outputs, Func<long, long> source, Func<Tape, Tensor, Tensor> apply) : OpCase
    {
        public override string Name => name;

        public override IReadOnlyList<Sample> Inputs { get; } = [x];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => apply(tape, inputs[0]);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[outputs];
            for (long i = 0; i < outputs; i++)
            {
                y[i] = inputs[0][source(i)];
            }

            return y;
        }
    }

    private sealed class ConcatCase(int axis, params Shape[] shapes) : OpCase
    {
        public override string Name => $"Concat {string.Join(" ", shapes)} axis {axis}";

        public override IReadOnlyList<Sample> Inputs { get; } = [.. shapes.Select((shape, i) => Sampler.Uniform(10 + i, shape))];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => Concat.Apply(tape, inputs, axis);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new List<T>();
            var outer = shapes[0].Product(0, axis < 0 ? axis + shapes[0].Rank : axis);
            for (long o = 0; o < outer; o++)
            {
                foreach (var part in inputs)
                {
                    var run = (int)(part.Length / outer);
                    y.AddRange(part.AsSpan((int)o * run, run));
                }
            }

            return [.. y];
        }
    }
}
