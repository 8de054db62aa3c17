using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Threads that live as long as the backend. One call runs numbered tickets on the caller and the workers; which thread takes which
/// ticket is not determined, so a ticket writes only what is its own. A run allocates nothing: its job stays on the caller's stack.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const long Open = 1L << 31;
    private const long ActiveMask = Open - 1;
    private const int SpinsBeforeParking = 200; // about 50 microseconds

    private readonly Worker[] workers;
    private readonly Lock gate = new();

    // epoch << 32 | Open | number of workers inside. A worker counts itself in while the run is open, and the caller waits only for
    // those: a worker that the system has not scheduled yet cannot stall a run.
    private long state;
    private void* job;
    private delegate*<void*, int, void> runTicket;
    private Exception? failure;
    private int next;
    private int ticketCount;
    private volatile bool stopping;

    public WorkerPool(int threads)
    {
        Threads = Math.Max(1, threads);
        workers = new Worker[Threads - 1];
        for (var w = 0; w < workers.Length; w++)
        {
            var worker = workers[w] = new();
            new Thread(() => Loop(worker)) { IsBackground = true, Name = $"kernel worker {w + 1}" }.Start();
        }
    }

    public int Threads { get; }

    /// <summary>Buffers that kernels borrow for the length of a call or of a ticket.</summary>
    public Scratch Scratch { get; } = new();

    /// <summary>
    /// Runs the tickets 0 .. count - 1 of a job, in any order, and returns when all are done. A call from inside a ticket, or while another thread
    /// has the pool, runs on the caller alone. The first exception of a ticket is thrown here; tickets not yet taken are then skipped.
    /// </summary>
    public void Run<TJob>(int count, TJob tickets)
        where TJob : struct, IWorkItems
    {
        if (count <= 1 || workers.Length == 0 || gate.IsHeldByCurrentThread || !gate.TryEnter())
        {
            for (var t = 0; t < count; t++)
            {
                tickets.Run(t);
            }

            return;
        }

        try
        {
            // Workers reach the job by its address, which holds: it is an argument of this call, which returns when they are done.
            job = Unsafe.AsPointer(ref tickets);
            runTicket = &RunTicket<TJob>;
            (ticketCount, next, failure) = (count, 0, null);
            var epoch = (Volatile.Read(ref state) >> 32) + 1;
            Interlocked.Exchange(ref state, (epoch << 32) | Open);
            Wake(Math.Min(workers.Length, count - 1));
            Drain();
            Interlocked.And(ref state, ~Open);
            Join();
            if (failure is { } exception)
            {
                ExceptionDispatchInfo.Throw(exception);
            }
        }
        finally
        {
            gate.Exit();
        }
    }

    public void Dispose()
    {
        stopping = true;
        foreach (var worker in workers)
        {
            worker.Signal.Release();
        }

        Scratch.Dispose();
    }

    private void Wake(int count)
    {
        for (var w = 0; w < count; w++)
        {
            if (Interlocked.Exchange(ref workers[w].Parked, 0) == 1)
            {
                workers[w].Signal.Release();
            }
        }
    }

    private void Join()
    {
        for (var spins = 0; (Volatile.Read(ref state) & ActiveMask) != 0; spins++)
        {
            if (spins < SpinsBeforeParking)
            {
                Thread.SpinWait(8);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private void Loop(Worker self)
    {
        var (seen, spins) = (0L, 0);
        while (!stopping)
        {
            var now = Volatile.Read(ref state);
            if (!IsNews(now, seen))
            {
                if (++spins < SpinsBeforeParking)
                {
                    Thread.SpinWait(8);
                }
                else
                {
                    Park(self, seen);
                    spins = 0;
                }
            }
            else if (Interlocked.CompareExchange(ref state, now + 1, now) == now)
            {
                seen = now >> 32;
                Drain();
                Interlocked.Decrement(ref state);
                spins = 0;
            }
        }
    }

    private void Park(Worker self, long seen)
    {
        Interlocked.Exchange(ref self.Parked, 1);
        if (!stopping && !IsNews(Volatile.Read(ref state), seen))
        {
            self.Signal.Wait();
        }

        Volatile.Write(ref self.Parked, 0);
    }

    private void Drain()
    {
        var run = runTicket;
        var own = job;
        var count = ticketCount;
        try
        {
            for (var t = Interlocked.Increment(ref next) - 1; t < count; t = Interlocked.Increment(ref next) - 1)
            {
                run(own, t);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            Volatile.Write(ref next, count);
        }
    }

    private static void RunTicket<TJob>(void* job, int ticket)
        where TJob : struct, IWorkItems => Unsafe.AsRef<TJob>(job).Run(ticket);

    private static bool IsNews(long now, long seen) => (now & Open) != 0 && now >> 32 != seen;

    private sealed class Worker
    {
        public readonly SemaphoreSlim Signal = new(0);
        public int Parked;
    }
}
