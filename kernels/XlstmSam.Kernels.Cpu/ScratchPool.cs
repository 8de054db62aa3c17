namespace XlstmSam.Kernels.Cpu;

/// <summary>One numbered piece of work, with scratch memory of its own for as long as it runs.</summary>
internal unsafe delegate void ScratchBody(int task, ScratchCursor scratch);

/// <summary>Runs tasks on a <see cref="WorkerPool"/> and hands each the scratch memory of the worker that picked it up.</summary>
internal sealed unsafe class ScratchPool(WorkerPool pool)
{
    private const long Page = 4096;
    private readonly NativeScratch memory = new();
    private readonly Lock gate = new();

    public void Run(int count, long scratchBytes, ScratchBody body)
    {
        lock (gate)
        {
            var workers = Math.Min(pool.Threads, count);
            var share = (scratchBytes + (2 * Page) - 1) / Page * Page;
            var scratch = memory.Take(workers * share);
            var next = 0;
            pool.Run(workers, worker =>
            {
                for (var task = Interlocked.Increment(ref next) - 1; task < count; task = Interlocked.Increment(ref next) - 1)
                {
                    body(task, new(scratch + (worker * share), share));
                }
            });
        }
    }
}
