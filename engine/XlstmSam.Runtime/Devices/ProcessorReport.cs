using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;

namespace XlstmSam.Runtime;

/// <summary>The processor's name, its threads, memory, and the vector instructions that the kernels run on.</summary>
public sealed record ProcessorReport(
    string Name, string Model, int Processors, int Threads, long FreeBytes, long TotalBytes, string VectorPath) : DeviceReport(Name, Model)
{
    public override string Summary => $"{Name}: {Model}, {Threads} threads, {VectorPath}";

    public override IEnumerable<(string Key, string Text)> Details =>
    [
        ("processors", $"{Processors}, {Threads} threads in use"),
        ("memory", $"{Units.Bytes(FreeBytes)} free of {Units.Bytes(TotalBytes)}"),
        ("vectors", VectorPath),
    ];

    public static ProcessorReport Of(string name, int threads) => new(
        name, ProcessorName(), Environment.ProcessorCount, threads, AvailableMemory.Bytes("/"), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Vectors());

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("name", Name);
        writer.WriteString("processor", Model);
        writer.WriteNumber("processors", Processors);
        writer.WriteNumber("threads", Threads);
        writer.WriteNumber("freeBytes", FreeBytes);
        writer.WriteNumber("totalBytes", TotalBytes);
        writer.WriteString("vectors", VectorPath);
    }

    // Products and convolutions have a form for every width; everything else is written over 256 bits, which the runtime splits where there are none.
    private static string Vectors() =>
        Vector512.IsHardwareAccelerated ? "AVX-512, 512 bits"
        : Avx2.IsSupported && Fma.IsSupported ? "AVX2 and FMA, 256 bits"
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
