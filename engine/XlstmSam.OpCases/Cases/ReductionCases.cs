using System.Numerics;
using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of reductions and scans, along the last axis and along others.</summary>
public static class ReductionCases
{
    public static CaseFamily Family => new("Reduction", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } = [.. Every()];

    private static IEnumerable<OpCase> Every()
    {
        foreach (var (shape, axis) in new (Shape, int)[] { (new(1, 1), 0), (new(3, 5), -1), (new(2, 19), -1), (new(7, 3), 0), (new(2, 5, 17), 1),
            (new(2, 3, 8), 1) })
        {
            var (values, scores) = (Sampler.Normal(1, shape, mean: 0.5f), Sampler.Normal(2, shape, deviation: 4));
            yield return new SumCase(values, axis);
            yield return new MaxCase(Sampler.Distinct(3, shape), axis);
            if (shape[axis] > 1)
            {
                yield return new VarianceCase(values, axis);
            }

            yield return new LogSumExpCase(scores, axis);
            yield return new SoftmaxCase(scores, axis);
            yield return new CumulativeSumCase(values, axis, reverse: false);
            yield return new CumulativeSumCase(values, axis, reverse: true);
        }

        // Several chunks of rows: the column sums of a bias gradient, and a sum over everything.
        yield return new SumCase(Sampler.Normal(4, new(1031, 35)), axis: 0);
        yield return new SumCase(Sampler.Normal(5, new(1, 5003)), axis: -1);
        yield return new SumOfSquaresCase(Sampler.Normal(6, new(1), differentiable: false));
        yield return new SumOfSquaresCase(Sampler.Normal(7, new(70001), differentiable: false));

        // Differences of large numbers: the variance must come from deviations, not from squares.
        yield return new VarianceCase(Sampler.Normal(8, new(3, 40), mean: 100), axis: -1);
        yield return new LogSumExpCase(Sampler.Choice(9, new(6, 9), [-80, -20, 0, 20, 80]), axis: -1);
        yield return new SoftmaxCase(Sampler.Choice(10, new(6, 9), [-80, -20, 0, 20, 80]), axis: 0);
    }

    /// <summary>A case whose reference works on one line along the axis.</summary>
    private abstract class LineCase(string op, Sample x, int axis, bool keepsAxis) : OpCase
    {
        public override string Name { get; } = $"Reduce.{op} {x.Shape} axis {axis} mean {(x.Values.Length == 0 ? 0 : x.Values.Average()):0.0}";

        public override IReadOnlyList<Sample> Inputs { get; } = [x];

        protected int Axis => axis;

        /// <summary>The results of one line: as many as the line is long if the op keeps the axis, else one.</summary>
        protected abstract T[] Line<T>(T[] line)
            where T : unmanaged, IFloatingPointIeee754<T>;

        public override T[] Reference<T>(T[][] inputs)
        {
            var at = axis < 0 ? axis + x.Shape.Rank : axis;
            var (outer, length, inner) = (x.Shape.Product(0, at), x.Shape[at], x.Shape.Product(at + 1, x.Shape.Rank));
            var results = keepsAxis ? length : 1;
            var y = new T[outer * results * inner];
            var line = new T[length];
            for (long r = 0; r < outer * inner; r++)
            {
                var (o, i) = (r / inner, r % inner);
                for (var l = 0; l < length; l++)
                {
                    line[l] = inputs[0][(((o * length) + l) * inner) + i];
                }

                var result = Line(line);
                for (var l = 0; l < results; l++)
                {
                    y[(((o * results) + l) * inner) + i] = result[l];
                }
            }

            return y;
        }
    }

    private sealed class SumCase(Sample x, int axis) : LineCase("Sum", x, axis, keepsAxis: false)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.Sum(tape, inputs[0], Axis);

        protected override T[] Line<T>(T[] line) => [Total(line)];
    }

    private sealed class MaxCase(Sample x, int axis) : LineCase("Max", x, axis, keepsAxis: false)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.Max(tape, inputs[0], Axis);

        protected override T[] Line<T>(T[] line) => [line.Max()];
    }

    private sealed class VarianceCase(Sample x, int axis) : LineCase("Variance", x, axis, keepsAxis: false)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.Variance(tape, inputs[0], Axis);

        protected override T[] Line<T>(T[] line)
        {
            var mean = Total(line) / T.CreateChecked(line.Length);
            return [Total([.. line.Select(v => (v - mean) * (v - mean))]) / T.CreateChecked(line.Length - 1)];
        }
    }

    private sealed class LogSumExpCase(Sample x, int axis) : LineCase("LogSumExp", x, axis, keepsAxis: false)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.LogSumExp(tape, inputs[0], Axis);

        protected override T[] Line<T>(T[] line)
        {
            var largest = line.Max();
            return [largest + T.Log(Total([.. line.Select(v => T.Exp(v - largest))]))];
        }
    }

    private sealed class SoftmaxCase(Sample x, int axis) : LineCase("Softmax", x, axis, keepsAxis: true)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.Softmax(tape, inputs[0], Axis);

        protected override T[] Line<T>(T[] line)
        {
            var largest = line.Max();
            T[] exponentials = [.. line.Select(v => T.Exp(v - largest))];
            var sum = Total(exponentials);
            return [.. exponentials.Select(e => e / sum)];
        }
    }

    private sealed class CumulativeSumCase(Sample x, int axis, bool reverse)
        : LineCase(reverse ? "CumulativeSum reverse" : "CumulativeSum", x, axis, keepsAxis: true)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs) => Reduce.CumulativeSum(tape, inputs[0], Axis, reverse);

        protected override T[] Line<T>(T[] line) =>
            [.. line.Select((_, i) => Total(reverse ? line[i..] : line[..(i + 1)]))];
    }

    private sealed class SumOfSquaresCase(Sample x) : LineCase("SumOfSquares", x, 0, keepsAxis: false)
    {
        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var y = tape.Empty(new(1), requiresGrad: false);
            tape.Backend.Reduction.SumOfSquares(inputs[0], y);
            return y;
        }

        protected override T[] Line<T>(T[] line) => [Total([.. line.Select(v => v * v)])];
    }

    private static T Total<T>(T[] values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
