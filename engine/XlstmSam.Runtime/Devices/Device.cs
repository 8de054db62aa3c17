using XlstmSam.Kernels;

namespace XlstmSam.Runtime;

/// <summary>An opened device: its backend, and what the program wants to know of it besides. Only this folder names a backend.</summary>
public abstract class Device : IDisposable
{
    public abstract IBackend Backend { get; }

    public abstract DeviceReport Report { get; }

    /// <summary>How it multiplies, as --precision says it.</summary>
    public abstract string Precision { get; }

    /// <summary>The version of CUDA of the driver that compiles its kernels; null where the program brings them compiled.</summary>
    public virtual string? DriverVersion => null;

    /// <summary>Significant bits of the operands of products: 24 for float32.</summary>
    public abstract int OperandBits { get; }

    /// <summary>True where the program, the scans and the samples lie in the same memory.</summary>
    public abstract bool SharesHostMemory { get; }

    /// <summary>Bytes that work may still take on it.</summary>
    public abstract long FreeBytes { get; }

    /// <summary>Bytes of it that the device's driver takes for itself beside what it is asked for: an allowance.</summary>
    public virtual long DriverBytes => 0;

    /// <summary>Bytes that are taken now.</summary>
    public abstract long TakenBytes { get; }

    /// <summary>The most bytes that were taken at any time.</summary>
    public abstract long PeakBytes { get; }

    /// <summary>How long the device takes to do what the work issues; waits for it.</summary>
    public abstract TimeSpan Time(Action work);

    /// <summary>The peak beside the plan, for the end of a run. What a driver takes for its own code cannot be measured, so it is in neither number.</summary>
    public string PeakBeside(long planned) => $"Peak memory {Units.Bytes(PeakBytes)} of {Units.Bytes(planned - DriverBytes)} planned.";

    public virtual void Dispose() => Backend.Dispose();
}
