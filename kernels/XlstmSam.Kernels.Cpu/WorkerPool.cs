namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Threads that live as long as the backend. One call runs numbered tickets on the caller and the workers; which thread takes which
/// ticket is not determined, so a ticket writes only what is its own.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly Thread[] workers;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly CountdownEvent done = new(1);
    private Action<int>? body;
    private int next;
    private int tickets;
    private volatile bool stopping;

    public WorkerPool(int threads)
    {
        Threads = Math.Max(1, threads);
        workers = new Thread[Threads - 1];
        for (var w = 0; w < workers.Length; w++)
        {
            workers[w] = new(Loop) { IsBackground = true, Name = $"kernel worker {w + 1}" };
            workers[w].Start();
        }
    }

    public int Threads { get; }

    /// <summary>Runs body(0) .. body(count - 1), in any order, and returns when all are done.</summary>
    public void Run(int count, Action<int> ticket)
    {
        if (count <= 1 || workers.Length == 0)
        {
            for (var t = 0; t < count; t++)
            {
                ticket(t);
            }

            return;
        }

        lock (gate)
        {
            (body, tickets, next) = (ticket, count, 0);
            var helpers = Math.Min(workers.Length, count - 1);
            done.Reset(helpers + 1);
            wake.Release(helpers);
            Drain();
            done.Signal();
            done.Wait();
        }
    }

    public void Dispose()
    {
        stopping = true;
        wake.Release(Math.Max(1, workers.Length));
    }

    private void Loop()
    {
        while (true)
        {
            wake.Wait();
            if (stopping)
            {
                return;
            }

            Drain();
            done.Signal();
        }
    }

    private void Drain()
    {
        for (var t = Interlocked.Increment(ref next) - 1; t < tickets; t = Interlocked.Increment(ref next) - 1)
        {
            body!(t);
        }
    }
}
