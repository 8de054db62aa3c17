using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Reductions along one axis, which the result no longer has, and softmax and running sums, which keep it.</summary>
public static class Reduce
{
    public static Tensor Sum(Tape tape, Tensor x, int axis)
    {
        var geometry = Geometry("Sum", x.Shape, ref axis, least: 1);
        var y = tape.Empty(Without(x.Shape, axis), x.RequiresGrad);
        tape.Backend.Reduction.Sum(geometry, x, y, accumulate: false);
        return tape.Record(y, new SumPullback(geometry, x));
    }

    /// <summary>Where values tie, the first takes the gradient.</summary>
    public static Tensor Max(Tape tape, Tensor x, int axis)
    {
        var geometry = Geometry("Max", x.Shape, ref axis, least: 1);
        var y = tape.Empty(Without(x.Shape, axis), x.RequiresGrad);
        tape.Backend.Reduction.Max(geometry, x, y);
        return tape.Record(y, new MaxPullback(geometry, x));
    }

    /// <summary>Unbiased: divided by the length less one.</summary>
    public static Tensor Variance(Tape tape, Tensor x, int axis)
    {
        var geometry = Geometry("Variance", x.Shape, ref axis, least: 2);
        var y = tape.Empty(Without(x.Shape, axis), x.RequiresGrad);
        tape.Backend.Reduction.Variance(geometry, x, y);
        return tape.Record(y, new VariancePullback(geometry, x));
    }

    public static Tensor LogSumExp(Tape tape, Tensor x, int axis)
    {
        var geometry = Geometry("LogSumExp", x.Shape, ref axis, least: 1);
        var y = tape.Empty(Without(x.Shape, axis), x.RequiresGrad);
        tape.Backend.Reduction.LogSumExp(geometry, x, y);
        return tape.Record(y, new LogSumExpPullback(geometry, x));
    }

    public static Tensor Softmax(Tape tape, Tensor x, int axis)
    {
        var geometry = Geometry("Softmax", x.Shape, ref axis, least: 1);
        var y = tape.Empty(x.Shape, x.RequiresGrad);
        tape.Backend.Reduction.Softmax(geometry, x, y);
        return tape.Record(y, new SoftmaxPullback(geometry, x));
    }

    /// <summary>Sums of everything up to and including each position; reverse: from each position on.</summary>
    public static Tensor CumulativeSum(Tape tape, Tensor x, int axis, bool reverse = false)
    {
        var geometry = Geometry("CumulativeSum", x.Shape, ref axis, least: 1);
        var y = tape.Empty(x.Shape, x.RequiresGrad);
        tape.Backend.Reduction.CumulativeSum(geometry, reverse, x, y, accumulate: false);
        return tape.Record(y, new CumulativeSumPullback(geometry, reverse, x));
    }

    private static ReductionGeometry Geometry(string op, Shape shape, ref int axis, int least)
    {
        axis = Require.Axis($"Reduce.{op}", shape, axis);
        Require.That(shape[axis] >= least, $"Reduce.{op}: axis {axis} of x {shape} has {shape[axis]} elements; expected at least {least}.");
        return new(shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank));
    }

    private static Shape Without(Shape shape, int axis)
    {
        Span<int> sizes = stackalloc int[shape.Rank - 1];
        for (var a = 0; a < sizes.Length; a++)
        {
            sizes[a] = shape[a < axis ? a : a + 1];
        }

        return new(sizes);
    }

    private sealed record SumPullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Reduction.SumBackward(Geometry, tape.GradOf(y), tape.GradOf(X));
    }

    private sealed record MaxPullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Reduction.MaxBackward(Geometry, tape.GradOf(y), X, y, tape.GradOf(X));
    }

    private sealed record VariancePullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Reduction.VarianceBackward(Geometry, tape.GradOf(y), X, tape.GradOf(X));
    }

    private sealed record LogSumExpPullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Reduction.LogSumExpBackward(Geometry, tape.GradOf(y), X, y, tape.GradOf(X));
    }

    private sealed record SoftmaxPullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Reduction.SoftmaxBackward(Geometry, tape.GradOf(y), y, tape.GradOf(X));
    }

    private sealed record CumulativeSumPullback(ReductionGeometry Geometry, bool Reverse, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) =>
            tape.Backend.Reduction.CumulativeSum(Geometry, !Reverse, tape.GradOf(y), tape.GradOf(X), accumulate: true);
    }
}
