using System.Numerics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// How a (Rows, Columns) matrix is summed down its columns; see the kernels of <c>ColumnSums</c>. It follows from the shape alone, so that
/// every card adds in the same order.
/// </summary>
internal readonly record struct ColumnPlan
{
    private const int BlockSize = 256;

    // Enough blocks to fill a large card, each thread with enough rows that the second step costs little.
    private const int MostBlocks = 1024;
    private const int RowsOfThread = 16;

    public ColumnPlan(long rows, long columns)
    {
        (Rows, Columns) = (rows, columns);
        Lanes = (int)Math.Min(BlockSize, BitOperations.RoundUpToPowerOf2((ulong)columns));
        Groups = (int)((columns + Lanes - 1) / Lanes);
        var most = Math.Clamp(rows / (RowsOfThread * (BlockSize / Lanes)), 1, Math.Max(1, MostBlocks / Groups));
        Share = Math.Max(1, (rows + most - 1) / most);
        Shares = (int)Math.Max(1, (rows + Share - 1) / Share);
    }

    public long Rows { get; }

    public long Columns { get; }

    /// <summary>Columns of a block.</summary>
    public int Lanes { get; }

    /// <summary>Blocks side by side.</summary>
    public int Groups { get; }

    /// <summary>Rows of one block row.</summary>
    public long Share { get; }

    /// <summary>Block rows: more than one need a second step over their partial sums.</summary>
    public int Shares { get; }

    public long PartialLength => Shares > 1 ? Shares * Columns : 0;

    public Dim3 Grid => new(Groups, Shares);
}
