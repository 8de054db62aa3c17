using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>One scan: where its tokens stand in the operands. Token t of a reverse scan is row S - 1 - t, so steps between tokens may be negative.</summary>
internal struct MlstmScanLayout
{
    public int Index;
    public int Direction;
    private MlstmShape shape;
    private long firstGate;
    private long gateStep;

    public static MlstmScanLayout At(MlstmShape shape, int index)
    {
        var heads = shape.B * shape.Heads;
        var sequence = default(MlstmScanLayout);
        (sequence.shape, sequence.Index, sequence.Direction) = (shape, index, index / heads);
        var within = index % heads;
        var isReverse = shape.Direction == 1 || sequence.Direction == 1;
        var row = ((long)(within / shape.Heads) * shape.S) + (isReverse ? shape.S - 1 : 0);
        sequence.firstGate = (row * shape.Heads) + (within % shape.Heads);
        sequence.gateStep = isReverse ? -shape.Heads : shape.Heads;
        return sequence;
    }

    /// <summary>The element of i and f.</summary>
    public readonly long Gate(int token) => firstGate + (token * gateStep);

    /// <summary>The place of a token in what is kept per token.</summary>
    public readonly long Token(int token) => ((long)Index * shape.S) + token;

    /// <summary>The place of a chunk in what is kept per chunk.</summary>
    public readonly long Chunk(int chunk) => ((long)Index * shape.Chunks) + chunk;

    public readonly int First(int chunk) => chunk * shape.Chunk;

    public readonly int Length(int chunk)
    {
        var rest = shape.S - (chunk * shape.Chunk);
        return rest < shape.Chunk ? rest : shape.Chunk;
    }

    /// <summary>All tokens in an operand of HeadSize channels per head.</summary>
    public readonly WeightedRows Rows(ArrayView<float> data)
    {
        var rows = default(WeightedRows);
        rows.Data = data;
        rows.Start = firstGate * shape.HeadSize;
        rows.Step = gateStep * shape.HeadSize;
        (rows.Count, rows.Width, rows.Factor) = (shape.S, shape.HeadSize, 1);
        return rows;
    }

    /// <summary>The tokens of a chunk.</summary>
    public readonly WeightedRows Rows(int chunk, ArrayView<float> data)
    {
        var rows = Rows(data).From(First(chunk));
        rows.Count = Length(chunk);
        return rows;
    }

    /// <summary>The outputs of each direction lie one after the other.</summary>
    public readonly WeightedRows Outputs(ArrayView<float> h)
    {
        var rows = Rows(h);
        rows.Start += Direction * shape.Tokens * shape.HeadSize;
        return rows;
    }

    /// <summary>C of the state that enters a chunk, which is not the first; n is the row after its last.</summary>
    public readonly WeightedRows State(int chunk, ArrayView<float> states)
    {
        var rows = default(WeightedRows);
        rows.Data = states;
        rows.Start = (((long)Index * (shape.Chunks - 1)) + chunk - 1) * shape.StateLength;
        rows.Step = shape.HeadSize;
        (rows.Count, rows.Width, rows.Factor) = (shape.HeadSize, shape.HeadSize, 1);
        return rows;
    }
}
