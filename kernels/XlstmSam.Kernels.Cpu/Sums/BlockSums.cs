using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Brings the partial sums of blocks together, always from the first block to the last.</summary>
internal static unsafe class BlockSums
{
    /// <summary>The first block's sums become those of all.</summary>
    public static void Fold(double* sums, int columns, int blocks, long stride)
    {
        for (var block = 1; block < blocks; block++)
        {
            var own = sums + (block * stride);
            var c = 0;
            for (; c + Vector256<double>.Count <= columns; c += Vector256<double>.Count)
            {
                (Vector256.Load(sums + c) + Vector256.Load(own + c)).Store(sums + c);
            }

            for (; c < columns; c++)
            {
                sums[c] += own[c];
            }
        }
    }

    /// <summary>target[c] += Σ over blocks of sums[block * stride + c]; a null target is skipped.</summary>
    public static void AddTo(float* target, double* sums, int columns, int blocks, long stride)
    {
        if (target is null)
        {
            return;
        }

        for (var c = 0; c < columns; c++)
        {
            target[c] += (float)Total(sums + c, blocks, stride);
        }
    }

    public static double Total(double* sums, int blocks, long stride)
    {
        double total = 0;
        for (var block = 0; block < blocks; block++)
        {
            total += sums[block * stride];
        }

        return total;
    }
}
