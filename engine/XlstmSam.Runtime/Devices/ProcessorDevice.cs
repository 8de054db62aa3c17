using System.Diagnostics;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Runtime;

/// <summary>The processor and the machine's memory.</summary>
public sealed class ProcessorDevice(int threads, ConvMethod convolution) : Device
{
    private readonly CpuBackend cpu = new(threads, convolution);

    public override IBackend Backend => cpu;

    public override DeviceReport Report => ProcessorReport.Of(cpu.Name, cpu.Threads);

    public override string Precision => PrecisionText.OfProcessor;

    public override int OperandBits => 24;

    public override bool SharesHostMemory => true;

    public override long FreeBytes => AvailableMemory.Bytes("/");

    public override long TakenBytes => Environment.WorkingSet;

    public override long PeakBytes => PeakMemory.Bytes;

    public override TimeSpan Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }
}
