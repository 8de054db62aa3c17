using System.Runtime.InteropServices;

namespace XlstmSam.EmulatedDriver;

/// <summary>Entry points: memory of the card and of the host, and copies between them.</summary>
internal static unsafe class MemoryEntries
{
    [UnmanagedCallersOnly(EntryPoint = "cuMemGetInfo_v2")]
    public static int GetInfo(nuint* free, nuint* total) =>
        Driver.Do(driver => (*free, *total) = ((nuint)driver.Memory.FreeBytes, (nuint)driver.Memory.TotalBytes));

    [UnmanagedCallersOnly(EntryPoint = "cuMemAlloc_v2")]
    public static int Allocate(nint* address, nuint bytes) => Driver.Do(driver =>
    {
        driver.RequireNoCapture();
        *address = driver.Memory.Allocate((long)bytes);
    });

    /// <summary>Waits for the card, as the driver does.</summary>
    [UnmanagedCallersOnly(EntryPoint = "cuMemFree_v2")]
    public static int Free(nint address) => Driver.Do(driver =>
    {
        driver.WaitForAll();
        driver.Memory.Free(address);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostAlloc")]
    public static int HostAllocate(nint* address, nuint bytes, uint flags) => Driver.Do(_ => *address = (nint)NativeMemory.Alloc(bytes));

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeHost")]
    public static int HostFree(nint address) => Driver.Do(_ => NativeMemory.Free((void*)address));

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static int CopyToDevice(nint destination, void* source, nuint bytes, nint stream) => Driver.Do(driver =>
    {
        driver.Memory.Require(destination, (long)bytes, "cuMemcpyHtoDAsync");
        driver.Get<CardStream>(stream).AddUncaptured(() => NativeMemory.Copy(source, (void*)destination, bytes));
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static int CopyToHost(void* destination, nint source, nuint bytes, nint stream) => Driver.Do(driver =>
    {
        driver.Memory.Require(source, (long)bytes, "cuMemcpyDtoHAsync");
        driver.Get<CardStream>(stream).AddUncaptured(() => NativeMemory.Copy((void*)source, destination, bytes));
    });
}
