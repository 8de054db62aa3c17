namespace XlstmSam.Kernels.Cpu;

/// <summary>One ticket that needs scratch memory while it runs.</summary>
internal delegate void ScratchTicket(int ticket, ScratchCursor scratch);

/// <summary>Runs tickets that each borrow scratch memory of the same size.</summary>
internal static unsafe class ScratchTickets
{
    public static void Run(this WorkerPool pool, int count, long scratchBytes, ScratchTicket body) => pool.Run(count, ticket =>
    {
        using var lease = pool.Scratch.Borrow((scratchBytes + sizeof(float) - 1) / sizeof(float));
        body(ticket, new(lease.Start, scratchBytes));
    });
}
