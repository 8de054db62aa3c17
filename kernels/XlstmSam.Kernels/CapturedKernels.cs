namespace XlstmSam.Kernels;

/// <summary>Kernels with their operands' addresses, kept to be run again.</summary>
public abstract class CapturedKernels : IDisposable
{
    /// <summary>Whether all memory that the kernels name is still held by whom it was.</summary>
    public abstract bool IsValid { get; }

    /// <summary>Issues the kernels in their order; only while <see cref="IsValid"/>.</summary>
    public abstract void Run();

    /// <summary>Gives back what the device keeps for the kernels.</summary>
    public abstract void Dispose();
}
