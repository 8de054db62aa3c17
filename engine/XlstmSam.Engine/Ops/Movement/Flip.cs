namespace XlstmSam.Engine;

/// <summary>One axis, from its end to its start.</summary>
public static class Flip
{
    public static Tensor Apply(Tape tape, Tensor x, int axis)
    {
        axis = Require.Axis("Flip", x.Shape, axis);
        var y = tape.Empty(x.Shape, x.RequiresGrad);
        var (outer, length, inner) = (x.Shape.Product(0, axis), x.Shape[axis], x.Shape.Product(axis + 1, x.Shape.Rank));
        tape.Backend.Movement.Flip(outer, length, inner, x, y, accumulate: false);
        return tape.Record(y, new FlipPullback(outer, length, inner, x));
    }

    private sealed record FlipPullback(long Outer, int Length, long Inner, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) =>
            tape.Backend.Movement.Flip(Outer, Length, Inner, tape.GradOf(y), tape.GradOf(X), accumulate: true);
    }
}
