using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y = f(x) or y = f(a, b), element by element; the formula is the type argument.</summary>
public static class Elementwise
{
    public static Tensor Apply<TFormula>(Tape tape, Tensor x)
        where TFormula : struct, IUnaryFormula
    {
        var y = tape.Empty(x.Shape, x.RequiresGrad);
        tape.Backend.Elementwise.Unary<TFormula>(x, y);
        return tape.Record(y, new UnaryPullback<TFormula>(x));
    }

    /// <param name="b">Of a's shape or a suffix of it, repeated over the leading axes; leading axes of size 1 do not count.</param>
    public static Tensor Apply<TFormula>(Tape tape, Tensor a, Tensor b)
        where TFormula : struct, IBinaryFormula
    {
        var geometry = Geometry(typeof(TFormula).Name, a.Shape, b.Shape);
        var y = tape.Empty(a.Shape, a.RequiresGrad || b.RequiresGrad);
        tape.Backend.Elementwise.Binary<TFormula>(geometry, a, b, y);
        return tape.Record(y, new BinaryPullback<TFormula>(geometry, a, b));
    }

    private static BinaryGeometry Geometry(string op, Shape a, Shape b)
    {
        var first = 0;
        while (first < b.Rank && b[first] == 1)
        {
            first++;
        }

        var suffix = b.Rank - first <= a.Rank;
        for (var axis = 1; suffix && axis <= b.Rank - first; axis++)
        {
            suffix = a[-axis] == b[-axis];
        }

        Require.That(suffix, $"{op}: b is {b}; expected the shape of a, {a}, or its last axes.");
        return new(b.Length == 0 ? 1 : a.Length / b.Length, b.Length);
    }

    private sealed record UnaryPullback<TFormula>(Tensor X) : Pullback
        where TFormula : struct, IUnaryFormula
    {
        public override void Apply(Tape tape, Tensor output) =>
            tape.Backend.Elementwise.UnaryBackward<TFormula>(tape.GradOf(output), X, tape.GradOf(X));
    }

    private sealed record BinaryPullback<TFormula>(BinaryGeometry Geometry, Tensor A, Tensor B) : Pullback
        where TFormula : struct, IBinaryFormula
    {
        public override void Apply(Tape tape, Tensor output) =>
            tape.Backend.Elementwise.BinaryBackward<TFormula>(Geometry, tape.GradOf(output), A, B, tape.GradOf(A), tape.GradOf(B));
    }
}
