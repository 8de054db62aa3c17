namespace XlstmSam.Kernels.Cpu;

/// <summary>Work whose tickets need scratch memory while they run.</summary>
internal interface IScratchJob
{
    void Run(int ticket, ScratchSlices scratch);
}

/// <summary>Runs tickets that each borrow scratch memory of the same size.</summary>
internal static unsafe class ScratchTickets
{
    public static void Run<TJob>(this WorkerPool pool, int count, long scratchBytes, TJob job)
        where TJob : struct, IScratchJob => pool.Run(count, new Borrowing<TJob>(pool, scratchBytes, job));

    private readonly struct Borrowing<TJob>(WorkerPool pool, long scratchBytes, TJob job) : IWorkItems
        where TJob : struct, IScratchJob
    {
        public void Run(int ticket)
        {
            using var lease = pool.Scratch.Borrow((scratchBytes + sizeof(float) - 1) / sizeof(float));
            job.Run(ticket, new(lease.Start, scratchBytes));
        }
    }
}
