namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// A job cut into numbered pieces, its tickets: each thread of the pool draws the next number until none is left. A struct, so that giving it to
/// the pool allocates nothing.
/// </summary>
internal interface IWorkItems
{
    /// <summary>Does the piece with this number; it may write only what no other piece writes.</summary>
    void Run(int ticket);
}
