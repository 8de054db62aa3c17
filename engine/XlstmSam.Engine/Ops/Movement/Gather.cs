namespace XlstmSam.Engine;

/// <summary>Rows of a table, by number; a row may be taken several times.</summary>
public static class Gather
{
    /// <param name="table">(T, W).</param>
    /// <param name="indices">One row number per row of the result, each below T.</param>
    /// <param name="shape">The result's shape; it ends in W.</param>
    public static Tensor Apply(Tape tape, Tensor table, Block indices, Shape shape)
    {
        Require.Rank("Gather", "table", table.Shape, 2);
        var width = table.Shape[1];
        Require.That(
            shape.Rank > 0 && shape[-1] == width, $"Gather: the result is {shape}; expected its last axis to be {width} to match table {table.Shape}.");
        var rows = indices.ByteLength / sizeof(int);
        Require.That(rows * width == shape.Length, $"Gather: {rows} indices; expected {shape.Length / Math.Max(1, width)} for a result {shape}.");
        var y = tape.Empty(shape, table.RequiresGrad);
        tape.Backend.Movement.Gather(width, indices.Rows32, table, y);
        return tape.Record(y, new GatherPullback(width, indices, table));
    }

    private sealed record GatherPullback(int Width, Block Indices, Tensor Table) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) =>
            tape.Backend.Movement.GatherBackward(Width, Indices.Rows32, tape.GradOf(y), tape.GradOf(Table));
    }
}
