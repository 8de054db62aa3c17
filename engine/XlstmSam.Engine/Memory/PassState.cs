namespace XlstmSam.Engine;

/// <summary>What is known of a pass that was planned.</summary>
internal sealed class PassState(MemoryPlan plan)
{
    public MemoryPlan Plan => plan;

    /// <summary>Whether its kernels ran, so that they are loaded and their scratch memory is there.</summary>
    public bool HasRun { get; set; }

    /// <summary>Whether capturing it failed: then it is never tried again, so that no run pays for a capture that comes to nothing.</summary>
    public bool StaysAsWritten { get; set; }

    public CapturedPass? Captured { get; set; }

    /// <summary>The number of its last run.</summary>
    public long LastRun { get; set; }

    /// <summary>Drops the capture.</summary>
    public void Forget()
    {
        Captured?.Dispose();
        Captured = null;
    }
}
