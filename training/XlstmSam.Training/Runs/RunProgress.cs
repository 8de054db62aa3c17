namespace XlstmSam.Training;

/// <summary>How far a run is: everything besides the arrays that resuming needs. Random streams need no state, they count.</summary>
public sealed record RunProgress
{
    /// <summary>Optimiser steps done.</summary>
    public long Step { get; init; }

    /// <summary>The length of the run, fixed when it starts.</summary>
    public long Steps { get; init; }

    /// <summary>The best validation score so far, and its step; -1 before the first.</summary>
    public double BestScore { get; init; } = -1;

    public long BestStep { get; init; } = -1;

    /// <summary>The weights of this step are still to be validated.</summary>
    public bool ValidationDue { get; init; }

    /// <summary>Seconds of training so far, in all, however often it was resumed.</summary>
    public double Seconds { get; init; }
}
