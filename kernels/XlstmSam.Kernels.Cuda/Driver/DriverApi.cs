using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// The functions of the NVIDIA driver's library that are used here, by their names there. Every return code goes through <see cref="Check"/>.
/// </summary>
internal sealed unsafe class DriverApi
{
    public const string Library = "libcuda.so.1";
    public const int OutOfMemory = 2;
    public const int NotReady = 600;

    // PTX 8.0 is the oldest that all our kernels are written in; a driver of CUDA 12.0 reads it.
    private const int OldestVersion = 12000;
    private static readonly Lock Gate = new();
    private readonly nint library;
    private readonly delegate* unmanaged<int, byte**, int> errorName;
    private readonly delegate* unmanaged<int, byte**, int> errorString;

    public readonly delegate* unmanaged<int*, int> DeviceCount;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, int> DeviceName;
    public readonly delegate* unmanaged<int*, int, int, int> DeviceAttribute;
    public readonly delegate* unmanaged<nuint*, int, int> DeviceTotalMemory;
    public readonly delegate* unmanaged<nint*, int, int> PrimaryContextRetain;
    public readonly delegate* unmanaged<int, int> PrimaryContextRelease;
    public readonly delegate* unmanaged<nint, int> ContextSetCurrent;
    public readonly delegate* unmanaged<nuint*, nuint*, int> MemoryInfo;
    public readonly delegate* unmanaged<nint*, nuint, int> MemoryAllocate;
    public readonly delegate* unmanaged<nint, int> MemoryFree;
    public readonly delegate* unmanaged<nint*, nuint, uint, int> HostAllocate;
    public readonly delegate* unmanaged<nint, int> HostFree;
    public readonly delegate* unmanaged<nint, void*, nuint, nint, int> CopyToDevice;
    public readonly delegate* unmanaged<void*, nint, nuint, nint, int> CopyToHost;
    public readonly delegate* unmanaged<nint*, uint, int> StreamCreate;
    public readonly delegate* unmanaged<nint, int> StreamDestroy;
    public readonly delegate* unmanaged<nint, int> StreamSynchronize;
    public readonly delegate* unmanaged<nint*, uint, int> EventCreate;
    public readonly delegate* unmanaged<nint, int> EventDestroy;
    public readonly delegate* unmanaged<nint, nint, int> EventRecord;
    public readonly delegate* unmanaged<nint, int> EventQuery;
    public readonly delegate* unmanaged<nint, int> EventSynchronize;
    public readonly delegate* unmanaged<float*, nint, nint, int> EventElapsedTime;
    public readonly delegate* unmanaged<nint*, byte*, uint, int*, void**, int> ModuleLoad;
    public readonly delegate* unmanaged<nint, int> ModuleUnload;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction;
    public readonly delegate* unmanaged<nint, int, int, int> FunctionSetAttribute;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel;
    public readonly delegate* unmanaged<nint, int, int> StreamBeginCapture;
    public readonly delegate* unmanaged<nint, nint*, int> StreamEndCapture;
    public readonly delegate* unmanaged<nint*, nint, ulong, int> GraphInstantiate;
    public readonly delegate* unmanaged<nint, nint, int> GraphLaunch;
    public readonly delegate* unmanaged<nint, int> GraphExecDestroy;
    public readonly delegate* unmanaged<nint, int> GraphDestroy;

    private DriverApi(nint library, int version)
    {
        (this.library, Version) = (library, VersionText(version));
        errorName = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorName");
        errorString = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorString");
        DeviceCount = (delegate* unmanaged<int*, int>)Export("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Export("cuDeviceGet");
        DeviceName = (delegate* unmanaged<byte*, int, int, int>)Export("cuDeviceGetName");
        DeviceAttribute = (delegate* unmanaged<int*, int, int, int>)Export("cuDeviceGetAttribute");
        DeviceTotalMemory = (delegate* unmanaged<nuint*, int, int>)Export("cuDeviceTotalMem_v2");
        PrimaryContextRetain = (delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain");
        PrimaryContextRelease = (delegate* unmanaged<int, int>)Export("cuDevicePrimaryCtxRelease_v2");
        ContextSetCurrent = (delegate* unmanaged<nint, int>)Export("cuCtxSetCurrent");
        MemoryInfo = (delegate* unmanaged<nuint*, nuint*, int>)Export("cuMemGetInfo_v2");
        MemoryAllocate = (delegate* unmanaged<nint*, nuint, int>)Export("cuMemAlloc_v2");
        MemoryFree = (delegate* unmanaged<nint, int>)Export("cuMemFree_v2");
        HostAllocate = (delegate* unmanaged<nint*, nuint, uint, int>)Export("cuMemHostAlloc");
        HostFree = (delegate* unmanaged<nint, int>)Export("cuMemFreeHost");
        CopyToDevice = (delegate* unmanaged<nint, void*, nuint, nint, int>)Export("cuMemcpyHtoDAsync_v2");
        CopyToHost = (delegate* unmanaged<void*, nint, nuint, nint, int>)Export("cuMemcpyDtoHAsync_v2");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)Export("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)Export("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Export("cuStreamSynchronize");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Export("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)Export("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Export("cuEventRecord");
        EventQuery = (delegate* unmanaged<nint, int>)Export("cuEventQuery");
        EventSynchronize = (delegate* unmanaged<nint, int>)Export("cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Export("cuEventElapsedTime");
        ModuleLoad = (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)Export("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)Export("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Export("cuModuleGetFunction");
        FunctionSetAttribute = (delegate* unmanaged<nint, int, int, int>)Export("cuFuncSetAttribute");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Export("cuLaunchKernel");
        StreamBeginCapture = (delegate* unmanaged<nint, int, int>)Export("cuStreamBeginCapture_v2");
        StreamEndCapture = (delegate* unmanaged<nint, nint*, int>)Export("cuStreamEndCapture");
        GraphInstantiate = (delegate* unmanaged<nint*, nint, ulong, int>)Export("cuGraphInstantiateWithFlags");
        GraphLaunch = (delegate* unmanaged<nint, nint, int>)Export("cuGraphLaunch");
        GraphExecDestroy = (delegate* unmanaged<nint, int>)Export("cuGraphExecDestroy");
        GraphDestroy = (delegate* unmanaged<nint, int>)Export("cuGraphDestroy");
    }

    /// <summary>Of CUDA, as the driver brings it: 12.4. Its compiler for PTX goes with it.</summary>
    public string Version { get; }

    /// <exception cref="DeviceException">There is no driver, it is too old, or it does not start.</exception>
    public static DriverApi Load(string path = Library)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
        {
            throw new DeviceException($"There is no NVIDIA driver ({path} was not found): install one, or use --device cpu.");
        }

        lock (Gate)
        {
            var version = 0;
            if (!NativeLibrary.TryGetExport(library, "cuDriverGetVersion", out var getVersion) || ((delegate* unmanaged<int*, int>)getVersion)(&version) != 0
                || version < OldestVersion)
            {
                throw new DeviceException($"The NVIDIA driver is for CUDA {VersionText(version)}; 12.0 or more is needed: update the driver (version 525 or " +
                    $"later), or use --device cpu.");
            }

            var api = new DriverApi(library, version);
            var code = ((delegate* unmanaged<uint, int>)api.Export("cuInit"))(0);
            return code == 0
                ? api
                : throw new DeviceException($"The NVIDIA driver does not start ({api.NameOf(code)}): check it with nvidia-smi, or use --device cpu.");
        }
    }

    public void Check(int code, [CallerArgumentExpression(nameof(code))] string call = "")
    {
        if (code == OutOfMemory)
        {
            throw new DeviceException($"The NVIDIA driver ran out of memory in {Function(call)}: see with nvidia-smi who uses the card, try --recompute all, " +
                $"a smaller --size or --batch, or use --device cpu.");
        }

        if (code != 0)
        {
            throw new InvalidOperationException($"The NVIDIA driver refused {Function(call)}: {NameOf(code)}.");
        }
    }

    /// <summary>The driver's name of a return code and what it means.</summary>
    public string NameOf(int code)
    {
        byte* name = null, text = null;
        return errorName(code, &name) == 0 && errorString(code, &text) == 0
            ? $"{Marshal.PtrToStringUTF8((nint)name)}, {Marshal.PtrToStringUTF8((nint)text)}"
            : FormattableString.Invariant($"error {code}");
    }

    private static string VersionText(int version) => FormattableString.Invariant($"{version / 1000}.{version % 1000 / 10}");

    // The text of the call is "api.LaunchKernel(kernel, ...)".
    private static string Function(string call) => call.Split('(')[0].Split('.')[^1];

    private nint Export(string name) => NativeLibrary.TryGetExport(library, name, out var address)
        ? address
        : throw new DeviceException($"The NVIDIA driver lacks {name}: update the driver (version 525 or later), or use --device cpu.");
}
