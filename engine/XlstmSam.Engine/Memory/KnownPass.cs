namespace XlstmSam.Engine;

/// <summary>What is known of a pass that was planned.</summary>
internal sealed class KnownPass(MemoryPlan plan)
{
    public MemoryPlan Plan => plan;

    /// <summary>Whether its kernels ran, so that they are loaded and their scratch memory is there.</summary>
    public bool HasRun { get; set; }

    /// <summary>Whether recording it failed: then it is never tried again, so that no run pays for a recording that comes to nothing.</summary>
    public bool StaysAsWritten { get; set; }

    public RecordedPass? Recorded { get; set; }

    /// <summary>The number of its last run.</summary>
    public long LastRun { get; set; }

    /// <summary>Drops the recording.</summary>
    public void Forget()
    {
        Recorded?.Dispose();
        Recorded = null;
    }
}
