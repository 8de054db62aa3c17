using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Cli.Devices;

/// <summary>What the machine is: the processor's name, its threads, memory, and the vector instructions that the kernels run on.</summary>
internal sealed record DeviceReport(string Name, string Processor, int Processors, int Threads, long FreeBytes, long TotalBytes, string VectorPath)
{
    public static DeviceReport Of(Device device, long freeBytes) => new(
        device.Backend.Name, ProcessorName(), Environment.ProcessorCount, device.Threads, freeBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Vectors());

    // Matrix products have a form for 128 bits; everything else is written over 256, which the runtime splits where there are none.
    private static string Vectors() =>
        Avx2.IsSupported && Fma.IsSupported ? "AVX2 and FMA, 256 bits"
        : Vector256.IsHardwareAccelerated ? "256 bits without FMA"
        : Vector128.IsHardwareAccelerated ? "128 bits, less than half as fast as 256"
        : "none, many times slower";

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
