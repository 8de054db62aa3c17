using System.Runtime.InteropServices;
using System.Text;
using XlstmSam.PtxInterpreter;

namespace XlstmSam.EmulatedDriver;

/// <summary>Entry points: modules, kernels and launches.</summary>
internal static unsafe class ModuleEntries
{
    private const int ErrorLogOption = 5;
    private const int MaxDynamicSharedAttribute = 8;

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadDataEx")]
    public static int Load(nint* module, byte* ptx, uint count, int* options, void** values) => Driver.Do(driver =>
    {
        driver.RequireNoCapture();
        try
        {
            *module = driver.Add(PtxModule.Parse(Marshal.PtrToStringUTF8((nint)ptx)!));
        }
        catch (PtxFault fault)
        {
            for (var i = 0; i < count; i++)
            {
                if (options[i] == ErrorLogOption)
                {
                    Encoding.UTF8.GetBytes(fault.Message + '\0', new Span<byte>(values[i], fault.Message.Length + 1));
                }
            }

            throw new DriverFault(Code.InvalidPtx);
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleUnload")]
    public static int Unload(nint module) => Driver.Do(driver => driver.Remove<PtxModule>(module));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetFunction")]
    public static int GetFunction(nint* function, nint module, byte* name) => Driver.Do(driver =>
    {
        var entry = Marshal.PtrToStringUTF8((nint)name)!;
        var loaded = driver.Get<PtxModule>(module);
        *function = loaded.Entries.Contains(entry) ? driver.Add(new CardFunction(loaded[entry])) : throw new DriverFault(Code.NotFound);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuFuncSetAttribute")]
    public static int SetAttribute(nint function, int attribute, int value) => Driver.Do(driver =>
    {
        driver.RequireNoCapture();
        if (attribute == MaxDynamicSharedAttribute)
        {
            driver.Get<CardFunction>(function).AllowDynamicShared(value);
        }
    });

    /// <summary>The arguments come as one packed block: 1, its address, 2, its size, 0.</summary>
    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernel")]
    public static int Launch(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint dynamicShared, nint stream, void** arguments,
        void** extra) => Driver.Do(driver =>
    {
        if (arguments != null || extra[0] != (void*)1 || extra[2] != (void*)2 || extra[4] != null)
        {
            throw new DriverFault(Code.InvalidValue, "cuLaunchKernel: the arguments are not one packed block.");
        }

        var (kernel, memory) = (driver.Get<CardFunction>(function), driver.Memory.Mapped);
        kernel.RequireDynamicShared((int)dynamicShared);
        var parameters = new ReadOnlySpan<byte>(extra[1], (int)*(nuint*)extra[3]).ToArray();
        var (grid, block) = (new Dim3((int)gridX, (int)gridY, (int)gridZ), new Dim3((int)blockX, (int)blockY, (int)blockZ));
        driver.Get<CardStream>(stream).Add(() => kernel.Run(grid, block, (int)dynamicShared, parameters, memory));
    });
}
