using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Indices [start, start + count) of one axis.</summary>
public static class Slice
{
    public static Tensor Apply(Tape tape, Tensor x, int axis, int start, int count)
    {
        axis = Require.Axis("Slice", x.Shape, axis);
        Require.That(
            start >= 0 && count >= 0 && start + (long)count <= x.Shape[axis],
            $"Slice: [{start}, {start + (long)count}) of axis {axis} of x {x.Shape}; expected a range within [0, {x.Shape[axis]}).");
        var y = tape.Empty(x.Shape.With(axis, count), x.RequiresGrad);
        var offset = start * x.Shape.Product(axis + 1, x.Shape.Rank);
        var (whole, part) = (x.Shape.Product(axis, x.Shape.Rank), y.Shape.Product(axis, y.Shape.Rank));
        var geometry = new CopyGeometry(x.Shape.Product(0, axis), part, whole, part);
        tape.Backend.Movement.Copy(geometry, x.Data.Slice(offset, x.Shape.Length - offset), y, accumulate: false);
        return tape.Record(y, new SlicePullback(geometry with { SourceStride = part, TargetStride = whole }, x, offset));
    }

    private sealed record SlicePullback(CopyGeometry Mirror, Tensor X, long Offset) : Pullback
    {
        public override void Apply(Tape tape, Tensor y)
        {
            var dx = tape.GradOf(X);
            tape.Backend.Movement.Copy(Mirror, tape.GradOf(y), dx.Slice(Offset, dx.Length - Offset), accumulate: true);
        }
    }
}
