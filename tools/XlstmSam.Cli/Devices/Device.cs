using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Cli.Devices;

/// <summary>An opened device. The one place of the program that names a backend.</summary>
internal sealed class Device : IDisposable
{
    private readonly CpuBackend cpu;

    private Device(CpuBackend cpu) => this.cpu = cpu;

    public IBackend Backend => cpu;

    public int Threads => cpu.Threads;

    /// <param name="name">What --device says.</param>
    /// <param name="threads">0 takes every processor.</param>
    /// <param name="convolution">How the processor computes convolutions.</param>
    public static Device Open(string name, int threads, ConvMethod convolution)
    {
        var wanted = name.ToLowerInvariant();
        if (wanted is "auto" or "cpu")
        {
            return new(new CpuBackend(threads, convolution));
        }

        throw wanted == "cuda" || wanted.StartsWith("cuda:", StringComparison.Ordinal)
            ? new ResourceException($"Device '{name}': this build has no CUDA backend; use --device cpu.")
            : new UsageException($"Device '{name}' is not known; expected auto or cpu.");
    }

    public void Dispose() => cpu.Dispose();
}
