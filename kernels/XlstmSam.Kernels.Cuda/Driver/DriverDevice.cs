using System.Runtime.InteropServices;
using System.Text;

namespace XlstmSam.Kernels.Cuda;

/// <summary>A card through the driver: its primary context and one stream of its own.</summary>
public sealed unsafe class DriverDevice : CudaDevice
{
    private const uint StreamNonBlocking = 1;
    private const int JitErrorLog = 5;
    private const int JitErrorLogBytes = 6;
    private const int LogBytes = 8 << 10;

    // Beyond this a kernel must ask for its dynamic shared memory.
    private const int PlainSharedBytes = 48 << 10;
    private const int MaxDynamicSharedBytes = 8;

    private readonly CudaCard card;
    private readonly int device;
    private readonly nint context;
    private readonly StagingBuffer staging;
    private readonly List<nint> modules = [];
    private readonly Dictionary<nint, int> largeShared = [];
    private bool isDisposed;

    private DriverDevice(DriverApi api, CudaCard card)
    {
        (Api, this.card) = (api, card);
        int handle;
        nint own;
        nint stream;
        api.Check(api.DeviceGet(&handle, card.Index));
        device = handle;
        var code = api.PrimaryContextRetain(&own, handle);
        if (code != 0)
        {
            throw new DeviceException(
                $"Device '{card.Name}' ({card.Model}) cannot be used ({api.NameOf(code)}): see with nvidia-smi who uses it, or use --device cpu.");
        }

        context = own;
        Enter();
        api.Check(api.StreamCreate(&stream, StreamNonBlocking));
        Stream = stream;
        staging = new(this);
    }

    public override string Name => card.Name;

    public override string Model => card.Model;

    public override int Capability => card.Capability;

    public override int Multiprocessors => card.Multiprocessors;

    public override long TotalBytes => card.TotalBytes;

    public override long FreeBytes
    {
        get
        {
            Enter();
            nuint free, total;
            Api.Check(Api.MemoryInfo(&free, &total));
            return (long)free;
        }
    }

    /// <summary>The version of CUDA that the driver brings: 12.4.</summary>
    public string DriverVersion => Api.Version;

    internal DriverApi Api { get; }

    internal nint Stream { get; }

    /// <summary>
    /// Waits. A card that failed says so in every call and keeps what it has until the process ends: giving back would only hide what went wrong,
    /// which whoever waited has heard and the next call says again.
    /// </summary>
    internal bool HasFailed
    {
        get
        {
            Enter();
            return Api.StreamSynchronize(Stream) != 0;
        }
    }

    /// <param name="index">Which card, as in <c>cuda:0</c>.</param>
    /// <exception cref="DeviceException">No driver, no such card, or too old a one of either.</exception>
    public static DriverDevice Open(int index = 0) => Open(DriverApi.Load(), index);

    internal static DriverDevice Open(DriverApi api, int index) => new(api, CudaCard.Require(api, index));

    public override nint Allocate(long bytes)
    {
        Enter();
        nint address;
        var code = Api.MemoryAllocate(&address, (nuint)bytes);
        if (code == DriverApi.OutOfMemory)
        {
            return 0;
        }

        Api.Check(code, "api.MemoryAllocate()");
        return address;
    }

    public override void Free(nint address)
    {
        if (!HasFailed)
        {
            Api.Check(Api.MemoryFree(address));
        }
    }

    public override void CopyToDevice(ReadOnlySpan<byte> source, nint destination)
    {
        Enter();
        staging.Copy(source, destination);
    }

    public override void CopyToHost(nint source, Span<byte> destination)
    {
        Enter();
        fixed (byte* target = destination)
        {
            Api.Check(Api.CopyToHost(target, source, (nuint)destination.Length, Stream));
            Api.Check(Api.StreamSynchronize(Stream));
        }
    }

    public override nint Load(KernelEntry kernel, string ptx)
    {
        Enter();
        nint module, function;
        var log = stackalloc byte[LogBytes];
        log[0] = 0;
        var options = stackalloc int[] { JitErrorLog, JitErrorLogBytes };
        var values = stackalloc void*[] { log, (void*)LogBytes };
        fixed (byte* text = Encoding.UTF8.GetBytes(ptx + '\0'))
        {
            var code = Api.ModuleLoad(&module, text, 2, options, values);
            if (code is not (0 or DriverApi.OutOfMemory))
            {
                throw new InvalidOperationException(
                    $"Kernel {kernel.Name} does not load on '{Name}' ({Model}): {Api.NameOf(code)}. {Marshal.PtrToStringUTF8((nint)log)?.Trim()}");
            }

            Api.Check(code, "api.ModuleLoad()");
        }

        modules.Add(module);
        fixed (byte* entry = Encoding.UTF8.GetBytes(kernel.Entry + '\0'))
        {
            Api.Check(Api.ModuleGetFunction(&function, module, entry));
        }

        return function;
    }

    public override void Launch(nint kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        Enter();
        if (dynamicSharedBytes > PlainSharedBytes && largeShared.GetValueOrDefault(kernel) < dynamicSharedBytes)
        {
            Api.Check(Api.FunctionSetAttribute(kernel, MaxDynamicSharedBytes, dynamicSharedBytes));
            largeShared[kernel] = dynamicSharedBytes;
        }

        // The arguments come as one packed block: its address, its size, an end mark.
        fixed (byte* packed = parameters)
        {
            var bytes = (nuint)parameters.Length;
            var extra = stackalloc void*[] { (void*)1, packed, (void*)2, &bytes, null };
            Api.Check(Api.LaunchKernel(
                kernel, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)block.X, (uint)block.Y, (uint)block.Z, (uint)dynamicSharedBytes, Stream, null, extra));
        }
    }

    public override DeviceGraph? Capture(Action launches) => CudaGraph.Capture(this, launches);

    public override void Synchronize()
    {
        Enter();
        Api.Check(Api.StreamSynchronize(Stream));
    }

    public override void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        if (HasFailed)
        {
            return;
        }

        staging.Dispose();
        modules.ForEach(module => Api.Check(Api.ModuleUnload(module)));
        Api.Check(Api.StreamDestroy(Stream));
        Api.Check(Api.PrimaryContextRelease(device));
    }

    /// <summary>Makes the card's context that of the calling thread: any thread may call, one at a time.</summary>
    internal void Enter() => Api.Check(Api.ContextSetCurrent(context));
}
