namespace XlstmSam.Kernels.Cpu;

/// <summary>What is done to the items [start, end).</summary>
internal interface IBlockJob
{
    void Run(long start, long end);
}

/// <summary>Splits a range into blocks whose size depends on the problem alone, never on the number of threads.</summary>
internal static class FixedBlocks
{
    /// <summary>Elements that are worth a ticket of their own: 128 KiB of floats.</summary>
    public const int Elements = 32768;

    /// <summary>How many rows of this width make up one block.</summary>
    public static long RowsPerBlock(long width) => Math.Max(1, Elements / Math.Max(1, width));

    public static int Count(long items, long perBlock) => checked((int)((items + perBlock - 1) / perBlock));

    /// <summary>Runs the job over blocks of [0, items).</summary>
    public static void Run<TJob>(WorkerPool pool, long items, long perBlock, TJob job)
        where TJob : struct, IBlockJob => pool.Run(Count(items, perBlock), new Blocks<TJob>(items, perBlock, job));

    private readonly struct Blocks<TJob>(long items, long perBlock, TJob job) : IWorkItems
        where TJob : struct, IBlockJob
    {
        public void Run(int ticket) => job.Run(ticket * perBlock, Math.Min(items, (ticket + 1) * perBlock));
    }
}
