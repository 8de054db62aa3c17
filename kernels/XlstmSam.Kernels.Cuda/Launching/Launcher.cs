using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Finds kernels, packs their arguments and launches them; lends them scratch memory. What the kernel families share.</summary>
internal sealed class Launcher(CudaDevice device, CachingAllocator allocator) : IDisposable
{
    // Threads that a multiprocessor can hold at once.
    private const int ResidentThreads = 2048;

    private readonly KernelLibrary library = new();
    private readonly Dictionary<(string Method, Type? First, Type? Second), CudaKernel> kernels = [];

    public CudaScratch Scratch { get; } = new(allocator);

    /// <summary>The kernel Class.Method, closed over the given types in this order if it is generic.</summary>
    public CudaKernel Kernel(string method, Type? first = null, Type? second = null)
    {
        if (!kernels.TryGetValue((method, first, second), out var kernel))
        {
            var types = first is null ? "" : second is null ? $"<{first.Name}>" : $"<{first.Name},{second.Name}>";
            kernels[(method, first, second)] = kernel = new(library[method + types]);
        }

        return kernel;
    }

    /// <summary>Blocks for a kernel that loops over so many items with all threads of the grid: enough to fill the card.</summary>
    public int Blocks(CudaKernel kernel, long items)
    {
        var threads = kernel.Entry.Threads;
        return (int)Math.Clamp((items + threads - 1) / threads, 1, device.Multiprocessors * (long)(ResidentThreads / threads));
    }

    [SkipLocalsInit]
    public void Launch(CudaKernel kernel, Dim3 grid, params ReadOnlySpan<KernelArgument> arguments)
    {
        var parameters = kernel.Entry.Parameters;
        if (arguments.Length != parameters.Count)
        {
            throw new InvalidOperationException($"Kernel {kernel.Entry.Name} takes {parameters.Count} arguments; {arguments.Length} were given.");
        }

        Span<byte> packed = stackalloc byte[kernel.ParameterBytes];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Size != parameters[i].Size)
            {
                throw new InvalidOperationException($"Kernel {kernel.Entry.Name}: argument {i} has {arguments[i].Size} bytes; its parameter has {parameters[i].Size}.");
            }

            arguments[i].CopyTo(packed[parameters[i].Offset..]);
        }

        if (kernel.Handle == 0)
        {
            allocator.Capture.Interrupt();
            kernel.Handle = device.Load(kernel.Entry, library.Ptx(kernel.Entry));
        }

        device.Launch(kernel.Handle, grid, kernel.Entry.Threads, kernel.Entry.DynamicSharedBytes, packed);
    }

    public void Dispose()
    {
        Scratch.Dispose();
        library.Dispose();
    }
}
