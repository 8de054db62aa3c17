using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>(1, ...) to (count, ...): the same values count times.</summary>
public static class Repeat
{
    public static Tensor Apply(Tape tape, Tensor x, int count)
    {
        Require.That(x.Shape.Rank > 0 && x.Shape[0] == 1, $"Repeat: x is {x.Shape}; expected a first axis of 1.");
        Require.That(count > 0, $"Repeat: count is {count}; expected at least 1.");
        var y = tape.Empty(x.Shape.With(0, count), x.RequiresGrad);
        var width = x.Shape.Length;
        tape.Backend.Movement.Copy(new(count, width, SourceStride: 0, TargetStride: width), x, y, accumulate: false);
        return tape.Record(y, new RepeatPullback(new(1, count, width), x));
    }

    private sealed record RepeatPullback(ReductionGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) =>
            tape.Backend.Reduction.Sum(Geometry, tape.GradOf(y), tape.GradOf(X), accumulate: true);
    }
}
