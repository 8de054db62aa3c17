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
        FixedBlocks.Run(pool, rows * pieces, pieces > 1 ? 1 : FixedBlocks.RowsPerBlock(width), new CopyJob(geometry, piece, pieces, from, to, accumulate));
    }

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate)
    {
        var plane = (long)rows * columns;
        Debug.Assert(source.Length >= batch * plane && target.Length >= batch * plane);
        var from = CpuBuffer.Floats(source);
        var to = CpuBuffer.Floats(target);
        var bands = (rows + TileRows - 1) / TileRows;
        FixedBlocks.Run(pool, (long)batch * bands, FixedBlocks.RowsPerBlock((long)TileRows * columns), new TransposeJob(rows, columns, bands, from, to, accumulate));
    }

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate)
    {
        Debug.Assert(source.Length >= outer * length * inner && target.Length >= outer * length * inner);
        var from = CpuBuffer.Floats(source);
        var to = CpuBuffer.Floats(target);
        FixedBlocks.Run(pool, outer * length, FixedBlocks.RowsPerBlock(inner), new FlipJob(length, inner, from, to, accumulate));
    }

    public void Gather(int width, I32View index, View table, View target)
    {
        Debug.Assert(target.Length >= width * index.Length);
        var rows = CpuBuffer.Rows32(index);
        var from = CpuBuffer.Floats(table);
        var to = CpuBuffer.Floats(target);
        FixedBlocks.Run(pool, index.Length, FixedBlocks.RowsPerBlock(width), new GatherJob(width, rows, from, table.Length, to));
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

        // Threads own columns, so that every row of the table adds up in the order of r.
        FixedBlocks.Run(pool, width, GatherColumns, new GatherBackwardJob(width, rows, index.Length, from, to, dtable.Length));
    }

    private readonly struct CopyJob(CopyGeometry geometry, long piece, long pieces, float* source, float* target, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end)
        {
            var (_, width, sourceStride, targetStride) = geometry;
            for (var p = start; p < end; p++)
            {
                var (row, column) = (p / pieces, p % pieces * piece);
                FloatVectorOps.Move(source + (row * sourceStride) + column, target + (row * targetStride) + column, Math.Min(piece, width - column), accumulate);
            }
        }
    }

    private readonly struct TransposeJob(int rows, int columns, int bands, float* source, float* target, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var band = start; band < end; band++)
            {
                var firstRow = (int)(band % bands) * TileRows;
                var offset = band / bands * rows * columns;
                var height = Math.Min(TileRows, rows - firstRow);
                for (var column = 0; column < columns; column += TileColumns)
                {
                    var block = source + offset + ((long)firstRow * columns) + column;
                    SquareTranspose.Run(block, columns, target + offset + ((long)column * rows) + firstRow, rows, height, Math.Min(TileColumns, columns - column), accumulate);
                }
            }
        }
    }

    private readonly struct FlipJob(int length, long inner, float* source, float* target, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                var mirrored = (row / length * length) + (length - 1 - (row % length));
                if (inner > 1)
                {
                    FloatVectorOps.Move(source + (mirrored * inner), target + (row * inner), inner, accumulate);
                }
                else
                {
                    target[row] = accumulate ? target[row] + source[mirrored] : source[mirrored];
                }
            }
        }
    }

    private readonly struct GatherJob(int width, int* rows, float* table, long tableLength, float* target) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var r = start; r < end; r++)
            {
                Debug.Assert(rows[r] >= 0 && (rows[r] + 1L) * width <= tableLength);
                FloatVectorOps.Copy(table + ((long)rows[r] * width), target + (r * width), width);
            }
        }
    }

    private readonly struct GatherBackwardJob(int width, int* rows, long count, float* dtarget, float* dtable, long tableLength) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (long r = 0; r < count; r++)
            {
                Debug.Assert(rows[r] >= 0 && (rows[r] + 1L) * width <= tableLength);
                FloatVectorOps.Add(dtarget + (r * width) + start, dtable + ((long)rows[r] * width) + start, end - start);
            }
        }
    }
}
