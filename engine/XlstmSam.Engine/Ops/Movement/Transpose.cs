namespace XlstmSam.Engine;

/// <summary>The last two axes, swapped.</summary>
public static class Transpose
{
    public static Tensor Apply(Tape tape, Tensor x)
    {
        var rank = x.Shape.Rank;
        Require.That(rank >= 2, $"Transpose: x is {x.Shape}; expected at least 2 axes.");
        var (rows, columns) = (x.Shape[-2], x.Shape[-1]);
        var batch = checked((int)x.Shape.Product(0, rank - 2));
        var y = tape.Empty(x.Shape.With(-2, columns).With(-1, rows), x.RequiresGrad);
        tape.Backend.Movement.Transpose(batch, rows, columns, x, y, accumulate: false);
        return tape.Record(y, new TransposePullback(batch, rows, columns, x));
    }

    private sealed record TransposePullback(int Batch, int Rows, int Columns, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) =>
            tape.Backend.Movement.Transpose(Batch, Columns, Rows, tape.GradOf(y), tape.GradOf(X), accumulate: true);
    }
}
