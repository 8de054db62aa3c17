using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Adds equal runs of partial results pairwise, in an order that only their number determines.</summary>
internal static unsafe class PartialSums
{
    private const long Span = 16 << 10;

    /// <summary>Leaves the sum of parts[p length + i] over p below count in parts[i].</summary>
    public static void Add(WorkerPool pool, float* parts, int count, long length) => FixedBlocks.Run(pool, length, Span, new AddJob(parts, count, length));

    /// <summary>target = source, or target += source.</summary>
    public static void Store(float* source, float* target, int length, bool add)
    {
        if (add)
        {
            AddRun(source, target, length);
        }
        else
        {
            new ReadOnlySpan<float>(source, length).CopyTo(new(target, length));
        }
    }

    /// <summary>target += source.</summary>
    public static void AddRun(float* source, float* target, long length)
    {
        var i = 0L;
        for (; i <= length - 8; i += 8)
        {
            (Vector256.Load(target + i) + Vector256.Load(source + i)).Store(target + i);
        }

        for (; i < length; i++)
        {
            target[i] += source[i];
        }
    }

    private readonly struct AddJob(float* parts, int count, long length) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var gap = 1; gap < count; gap *= 2)
            {
                for (var p = 0; p + gap < count; p += 2 * gap)
                {
                    AddRun(parts + ((p + gap) * length) + start, parts + (p * length) + start, end - start);
                }
            }
        }
    }
}
