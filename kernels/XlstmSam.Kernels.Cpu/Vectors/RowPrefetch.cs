using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The rows of the chunk that comes next, fetched into the cache a few at a time between the products of this one: short rows far apart are no
/// pattern that processors foresee, and all of them at once are more than a processor waits for on the side.
/// </summary>
internal unsafe struct RowPrefetch
{
    private const int MostOperands = 8;
    private const int RowsOfProduct = 4;
    private const int FloatsOfLine = 16;

    private fixed long operands[MostOperands];
    private int count;
    private int operand;
    private int row;
    private int rows;
    private int columns;
    private long step;
    private long offset;

    /// <summary>Begins with a chunk, or with nothing if the scan has none of that number.</summary>
    public void Begin(in MlstmScanLayout scan, int chunk)
    {
        (count, operand, row) = (0, 0, 0);
        if (Sse.IsSupported && chunk >= 0 && chunk < scan.Chunks)
        {
            (rows, columns, step, offset) = (scan.Length(chunk), scan.HeadSize, scan.Step.Row, scan.Row(scan.Start(chunk)));
        }
        else
        {
            rows = 0;
        }
    }

    /// <summary>Adds the rows of one operand, which may be absent.</summary>
    public void Add(float* source)
    {
        if (source is not null && rows > 0)
        {
            Debug.Assert(count < MostOperands, "A chunk has as many operands.");
            operands[count++] = (long)(source + offset);
        }
    }

    /// <summary>What is done between two products.</summary>
    public void FetchSome() => Fetch(RowsOfProduct);

    /// <summary>All that no product was left for.</summary>
    public void FetchRest() => Fetch(int.MaxValue);

    private void Fetch(int most)
    {
        for (; most > 0 && operand < count; most--)
        {
            var source = (float*)operands[operand] + (row * step);
            for (var c = 0; c < columns; c += FloatsOfLine)
            {
                Sse.Prefetch1(source + c);
            }

            (operand, row) = row + 1 < rows ? (operand, row + 1) : (operand + 1, 0);
        }
    }
}
