using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// A volume (N, 2D, 2H, 2W, C) as the matrix (N D H W, 8 C) whose row is one cell of 2 x 2 x 2 voxels: what a transposed convolution with
/// kernel and stride 2 multiplies. A cell is four runs of two voxels, which are contiguous in both.
/// </summary>
internal readonly unsafe struct Stride2Cells(WorkerPool pool, Extent3 cells, int n, int channels)
{
    private const int Runs = 4;

    private int RunLength => 2 * channels;

    /// <summary>Matrix from volume.</summary>
    public void Gather(float* volume, float* rows) => Move(volume, rows, toRows: true);

    /// <summary>Volume from matrix.</summary>
    public void Scatter(float* rows, float* volume) => Move(volume, rows, toRows: false);

    private void Move(float* volume, float* rows, bool toRows) => FixedBlocks.Run(
        pool, n * (long)cells.D * cells.H, FixedBlocks.RowsPerBlock((long)Runs * cells.W * RunLength), new MoveJob(cells, RunLength, volume, rows, toRows));

    // Runs are short: a call of a general copy would cost more than the copy.
    private static void Copy(float* source, float* target, int length)
    {
        var i = 0;
        for (; i <= length - 8; i += 8)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        for (; i < length; i++)
        {
            target[i] = source[i];
        }
    }

    private readonly struct MoveJob(Extent3 grid, int length, float* volume, float* rows, bool toRows) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var line = start; line < end; line++)
            {
                for (var run = 0; run < Runs; run++)
                {
                    // Lines are numbered through all items: line d H + h holds the voxel rows 2 h and 2 h + 1 of the planes 2 d and 2 d + 1.
                    var (d, h) = Math.DivRem(line, grid.H);
                    var row = (((2 * d) + (run / 2)) * 2 * grid.H) + (2 * h) + (run % 2);
                    var voxels = volume + (row * grid.W * length);
                    var cell = rows + (((line * grid.W * Runs) + run) * length);
                    for (var w = 0; w < grid.W; w++, voxels += length, cell += Runs * length)
                    {
                        Copy(toRows ? voxels : cell, toRows ? cell : voxels, length);
                    }
                }
            }
        }
    }
}
