using System.Runtime.InteropServices;

namespace XlstmSam.EmulatedDriver;

/// <summary>Entry points: version, names of codes, cards and their contexts. A card's handle and its context are its number, counted from a base.</summary>
internal static unsafe class DeviceEntries
{
    private const int FirstDevice = 100;
    private const nint FirstContext = 0x100;
    private const int MultiprocessorsAttribute = 16;
    private const int CapabilityMajorAttribute = 75;
    private const int CapabilityMinorAttribute = 76;

    [UnmanagedCallersOnly(EntryPoint = "cuDriverGetVersion")]
    public static int DriverGetVersion(int* version) => Driver.Do(driver => *version = driver.Settings.Version);

    [UnmanagedCallersOnly(EntryPoint = "cuInit")]
    public static int Init(uint flags) => Driver.Do(driver => Require(driver.Settings.Cards > 0, Code.NoDevice));

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorName")]
    public static int GetErrorName(int code, byte** name) => Driver.Do(_ => *name = Text(ErrorText.Name((Code)code)));

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorString")]
    public static int GetErrorString(int code, byte** said) => Driver.Do(_ => *said = Text(ErrorText.Meaning((Code)code)));

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetCount")]
    public static int DeviceGetCount(int* count) => Driver.Do(driver => *count = driver.Settings.Cards);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGet")]
    public static int DeviceGet(int* device, int ordinal) => Driver.Do(driver =>
    {
        driver.MemoryOf(ordinal);
        *device = FirstDevice + ordinal;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetName")]
    public static int DeviceGetName(byte* name, int length, int device) => Driver.Do(_ => "Emulated Card\0"u8.CopyTo(new(name, length)));

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetAttribute")]
    public static int DeviceGetAttribute(int* value, int attribute, int device) => Driver.Do(driver => *value = attribute switch
    {
        MultiprocessorsAttribute => Settings.Multiprocessors,
        CapabilityMajorAttribute => driver.Settings.Capability / 10,
        CapabilityMinorAttribute => driver.Settings.Capability % 10,
        _ => throw new DriverFault(Code.InvalidValue, $"cuDeviceGetAttribute: attribute {attribute} is not emulated."),
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceTotalMem_v2")]
    public static int DeviceTotalMemory(nuint* bytes, int device) => Driver.Do(driver => *bytes = (nuint)driver.MemoryOf(device - FirstDevice).TotalBytes);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static int PrimaryContextRetain(nint* context, int device) => Driver.Do(driver =>
    {
        driver.MemoryOf(device - FirstDevice);
        *context = FirstContext + device - FirstDevice;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    public static int PrimaryContextRelease(int device) => Driver.Do(driver => driver.MemoryOf(device - FirstDevice));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetCurrent")]
    public static int ContextSetCurrent(nint context) => Driver.Do(driver =>
    {
        Require(context >= FirstContext && context < FirstContext + driver.Settings.Cards, Code.InvalidContext);
        driver.Current = (int)(context - FirstContext);
    });

    private static void Require(bool condition, Code otherwise)
    {
        if (!condition)
        {
            throw new DriverFault(otherwise);
        }
    }

    // A literal ends with a zero and stays where it is.
    private static byte* Text(ReadOnlySpan<byte> literal)
    {
        fixed (byte* start = literal)
        {
            return start;
        }
    }
}
