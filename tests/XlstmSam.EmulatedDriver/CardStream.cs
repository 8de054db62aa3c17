namespace XlstmSam.EmulatedDriver;

/// <summary>
/// Work in order. It runs as late as a card's may: when somebody waits. A program that reads a result or reuses a buffer too early is found out.
/// </summary>
internal sealed class CardStream
{
    private readonly Queue<Action> waiting = new();
    private List<Action>? captured;
    private DriverFault? failure;

    public void Add(Action work)
    {
        if (captured is not null)
        {
            captured.Add(work);
        }
        else
        {
            waiting.Enqueue(work);
        }
    }

    /// <summary>Work that a graph cannot hold.</summary>
    public void AddUncaptured(Action work)
    {
        RequireNoCapture();
        waiting.Enqueue(work);
    }

    /// <summary>Runs everything. A failure stays: every later wait reports it again.</summary>
    public void Wait()
    {
        RequireNoCapture();
        if (failure is not null)
        {
            throw new DriverFault(failure.Code);
        }

        try
        {
            while (waiting.TryDequeue(out var work))
            {
                work();
            }
        }
        catch (DriverFault fault)
        {
            failure = fault;
            waiting.Clear();
            throw;
        }
    }

    public void BeginCapture()
    {
        RequireNoCapture();
        captured = [];
    }

    public IReadOnlyList<Action> EndCapture()
    {
        var work = captured ?? throw new DriverFault(Code.InvalidValue, "cuStreamEndCapture: nothing is being captured.");
        captured = null;
        return work;
    }

    public void RequireNoCapture()
    {
        if (captured is not null)
        {
            throw new DriverFault(Code.CaptureUnsupported);
        }
    }
}
