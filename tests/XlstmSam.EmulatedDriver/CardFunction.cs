using XlstmSam.PtxInterpreter;

namespace XlstmSam.EmulatedDriver;

/// <summary>A kernel, and how much dynamic shared memory its launches may ask for.</summary>
internal sealed class CardFunction(PtxKernel kernel)
{
    private const int PlainSharedBytes = 48 << 10;
    private const int MostSharedBytes = 99 << 10;

    public int DynamicSharedLimit { get; private set; } = PlainSharedBytes - Math.Min(PlainSharedBytes, kernel.StaticSharedBytes);

    public void AllowDynamicShared(int bytes) => DynamicSharedLimit = bytes + kernel.StaticSharedBytes <= MostSharedBytes
        ? bytes
        : throw new DriverFault(
            Code.InvalidValue, $"{kernel.Name}: {bytes} bytes of dynamic shared memory; the smallest card has {MostSharedBytes} for a block.");

    public void RequireDynamicShared(int bytes)
    {
        if (bytes > DynamicSharedLimit)
        {
            throw new DriverFault(Code.InvalidValue, $"{kernel.Name}: {bytes} bytes of dynamic shared memory; {DynamicSharedLimit} were allowed.");
        }
    }

    /// <summary>Whatever the interpreter finds wrong fails the launch.</summary>
    public void Run(Dim3 grid, Dim3 block, int dynamicSharedBytes, byte[] parameters, GlobalMemory memory)
    {
        try
        {
            var report = kernel.Launch(grid, block, dynamicSharedBytes, parameters, memory);
            if (report.Findings.Count > 0)
            {
                throw new DriverFault(Code.LaunchFailed, $"{kernel.Name}, grid {grid}: {string.Join("; ", report.Findings)}");
            }
        }
        catch (PtxFault fault)
        {
            throw new DriverFault(Code.LaunchFailed, $"{kernel.Name}, grid {grid}: {fault.Message}");
        }
    }
}
