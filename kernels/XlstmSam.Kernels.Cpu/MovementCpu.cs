using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Copies, transposes and gathers in blocks of about 128 KiB.</summary>
internal sealed unsafe class MovementCpu(WorkerPool pool) : IMovement
{
    private const int TileRows = 64;
    private const int TileColumns = 16; // a line of the cache
    private const int GatherColumns = 256;

    public void Copy(in CopyGeometry geometry, View source, View target, bool accumulate)
    {
        var (rows, width, sourceStride, targetStride) = geometry;
        if (rows == 0 || width == 0)
        {
            return;
        }

        Debug.Assert(source.Length >= ((rows - 1) * sourceStride) + width && target.Length >= ((rows - 1) * targetStride) + width);
        var from = CpuBuffer.Floats(source);
        var to = CpuBuffer.Floats(target);

        // A block is a piece of one row, or several whole rows.
        var piece = Math.Min(width, FixedBlocks.Elements);
        var pieces = (width + piece - 1) / piece;
        FixedBlocks.Run(pool, rows * pieces, pieces > 1 ? 1 : FixedBlocks.RowsPerBlock(width), (start, end) =>
        {
            for (var p = start; p < end; p++)
            {
                var (row, column) = (p / pieces, p % pieces * piece);
                FloatRun.Move(from + (row * sourceStride) + column, to + (row * targetStride) + column, Math.Min(piece, width - column), accumulate);
            }
        });
    }

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate)
    {
        var plane = (long)rows * columns;
        Debug.Assert(source.Length >= batch * plane && target.Length >= batch * plane);
        var from = CpuBuffer.Floats(source);
        var to = CpuBuffer.Floats(target);
        var bands = (rows + TileRows - 1) / TileRows;
        FixedBlocks.Run(pool, (long)batch * bands, FixedBlocks.RowsPerBlock((long)TileRows * columns), (start, end) =>
        {
            for (var band = start; band < end; band++)
            {
                var firstRow = (int)(band % bands) * TileRows;
                var offset = band / bands * plane;
                var height = Math.Min(TileRows, rows - firstRow);
                for (var column = 0; column < columns; column += TileColumns)
                {
                    var block = from + offset + ((long)firstRow * columns) + column;
                    SquareTranspose.Run(block, columns, to + offset + ((long)column * rows) + firstRow, rows, height, Math.Min(TileColumns, columns - column), accumulate);
                }
            }
        });
    }

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate)
    {
        Debug.Assert(source.Length >= outer * length * inner && target.Length >= outer * length * inner);
        var from = CpuBuffer.Floats(source);
        var to = CpuBuffer.Floats(target);
        FixedBlocks.Run(pool, outer * length, FixedBlocks.RowsPerBlock(inner), (start, end) =>
        {
            for (var row = start; row < end; row++)
            {
                var mirrored = (row / length * length) + (length - 1 - (row % length));
                if (inner > 1)
                {
                    FloatRun.Move(from + (mirrored * inner), to + (row * inner), inner, accumulate);
                }
                else
                {
                    to[row] = accumulate ? to[row] + from[mirrored] : from[mirrored];
                }
            }
        });
    }

    public void Gather(int width, I32View index, View table, View target)
    {
        Debug.Assert(target.Length >= width * index.Length);
        var rows = CpuBuffer.Rows32(index);
        var from = CpuBuffer.Floats(table);
        var to = CpuBuffer.Floats(target);
        FixedBlocks.Run(pool, index.Length, FixedBlocks.RowsPerBlock(width), (start, end) =>
        {
            for (var r = start; r < end; r++)
            {
                Debug.Assert(rows[r] >= 0 && (rows[r] + 1L) * width <= table.Length);
                FloatRun.Copy(from + ((long)rows[r] * width), to + (r * width), width);
            }
        });
    }

    public void GatherBackward(int width, I32View index, View dtarget, View dtable)
    {
        if (dtable.IsNone)
        {
            return;
        }

        Debug.Assert(dtarget.Length >= width * index.Length);
        var rows = CpuBuffer.Rows32(index);
        var from = CpuBuffer.Floats(dtarget);
        var to = CpuBuffer.Floats(dtable);
        var count = index.Length;

        // Threads own columns, so that every row of the table adds up in the order of r.
        FixedBlocks.Run(pool, width, GatherColumns, (start, end) =>
        {
            for (long r = 0; r < count; r++)
            {
                Debug.Assert(rows[r] >= 0 && (rows[r] + 1L) * width <= dtable.Length);
                FloatRun.Add(from + (r * width) + start, to + ((long)rows[r] * width) + start, end - start);
            }
        });
    }
}
