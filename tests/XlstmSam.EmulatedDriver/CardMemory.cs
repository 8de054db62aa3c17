using System.Runtime.InteropServices;
using XlstmSam.PtxInterpreter;

namespace XlstmSam.EmulatedDriver;

/// <summary>Host memory as a card's. Fresh memory is full of NaN: what nobody wrote must not matter.</summary>
internal sealed unsafe class CardMemory(long totalBytes)
{
    private const nuint Alignment = 256;
    private const byte Unwritten = 0xff;
    private readonly Dictionary<nint, long> sizes = [];

    /// <summary>As the interpreter sees it: it knows the bounds of every allocation.</summary>
    public GlobalMemory Mapped { get; } = new();

    public long TotalBytes { get; } = totalBytes;

    public long FreeBytes { get; private set; } = totalBytes;

    public nint Allocate(long bytes)
    {
        if (bytes <= 0 || bytes > FreeBytes)
        {
            throw new DriverFault(bytes <= 0 ? Code.InvalidValue : Code.OutOfMemory);
        }

        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Fill((void*)address, (nuint)bytes, Unwritten);
        Mapped.Map(address, bytes);
        sizes.Add(address, bytes);
        FreeBytes -= bytes;
        return address;
    }

    public void Free(nint address)
    {
        if (!sizes.Remove(address, out var bytes))
        {
            throw new DriverFault(Code.InvalidValue, $"cuMemFree: nothing was allocated at 0x{address:x}.");
        }

        Mapped.Unmap(address);
        NativeMemory.AlignedFree((void*)address);
        FreeBytes += bytes;
    }

    /// <summary>Faults unless all bytes lie in one allocation.</summary>
    public void Require(nint address, long bytes, string call)
    {
        foreach (var (start, size) in sizes)
        {
            if (address >= start && address + bytes <= start + size)
            {
                return;
            }
        }

        throw new DriverFault(Code.InvalidValue, $"{call}: {bytes} bytes at 0x{address:x} are not within one allocation.");
    }
}
