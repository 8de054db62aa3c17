using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Tensors one after the other along an axis.</summary>
public static class Concat
{
    public static Tensor Apply(Tape tape, IReadOnlyList<Tensor> parts, int axis)
    {
        Require.That(parts.Count > 0, "Concat: no tensors; expected at least one.");
        var first = parts[0].Shape;
        axis = Require.Axis("Concat", first, axis);
        var (total, requiresGrad) = (0, false);
        for (var p = 0; p < parts.Count; p++)
        {
            var shape = parts[p].Shape;
            Require.That(
                shape.Rank == first.Rank && shape.With(axis, 1) == first.With(axis, 1),
                $"Concat: tensor {p} is {shape}; expected {first} but for axis {axis}, to match tensor 0.");
            total += shape[axis];
            requiresGrad |= parts[p].RequiresGrad;
        }

        var y = tape.Empty(first.With(axis, total), requiresGrad);
        var offset = 0L;
        foreach (var part in parts)
        {
            var geometry = Geometry(part.Shape, y.Shape, axis);
            tape.Backend.Movement.Copy(geometry, part, y.Data.Slice(offset, y.Shape.Length - offset), accumulate: false);
            offset += geometry.Width;
        }

        return tape.Record(y, new ConcatPullback([.. parts], axis));
    }

    // One row per index before the axis: a run of the part, a run of the whole.
    private static CopyGeometry Geometry(Shape part, Shape whole, int axis)
    {
        var width = part.Product(axis, part.Rank);
        return new(part.Product(0, axis), width, width, whole.Product(axis, whole.Rank));
    }

    private sealed record ConcatPullback(Tensor[] Parts, int Axis) : Pullback
    {
        public override void Apply(Tape tape, Tensor y)
        {
            var (dy, offset) = (tape.GradOf(y), 0L);
            foreach (var part in Parts)
            {
                var (rows, width, partStride, wholeStride) = Geometry(part.Shape, y.Shape, Axis);
                if (part.RequiresGrad)
                {
                    tape.Backend.Movement.Copy(
                        new(rows, width, wholeStride, partStride), dy.Slice(offset, dy.Length - offset), tape.GradOf(part), accumulate: true);
                }

                offset += width;
            }
        }
    }
}
