namespace XlstmSam.Kernels.Cpu;

/// <summary>Splits a range into blocks whose size depends on the problem alone, never on the number of threads.</summary>
internal static class FixedBlocks
{
    /// <summary>Elements that are worth a ticket of their own: 128 KiB of floats.</summary>
    public const int Elements = 32768;

    /// <summary>How many rows of this width make up one block.</summary>
    public static long RowsPerBlock(long width) => Math.Max(1, Elements / Math.Max(1, width));

    public static int Count(long items, long perBlock) => checked((int)((items + perBlock - 1) / perBlock));

    /// <summary>Runs body(start, end) over blocks of [0, items).</summary>
    public static void Run(WorkerPool pool, long items, long perBlock, Action<long, long> body) =>
        pool.Run(Count(items, perBlock), block => body(block * perBlock, Math.Min(items, (block + 1) * perBlock)));
}
