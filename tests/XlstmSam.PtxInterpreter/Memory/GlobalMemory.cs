namespace XlstmSam.PtxInterpreter;

/// <summary>
/// The host memory a kernel may touch: every allocation is named by its address and its length. Kernels read and write it in place, so it
/// must stay where it is. Not to be changed while a launch runs; launches on one memory run one after the other.
/// </summary>
public sealed class GlobalMemory
{
    private readonly SortedList<ulong, Allocation> allocations = [];
    private readonly List<AccessHistory> histories = [];

    private readonly record struct Allocation(ulong Bytes, string Name);

    /// <summary>Allows kernels to touch bytes bytes from address.</summary>
    public void Map(nint address, long bytes, string name = "buffer")
    {
        var start = (ulong)address;
        var next = FirstAfter(start);
        if (bytes <= 0 || Covers(next - 1, start) || (next < allocations.Count && allocations.Keys[next] < start + (ulong)bytes))
        {
            throw new ArgumentException($"Mapping {bytes} bytes at {start:x}: expected at least one byte, and none that is mapped already.");
        }

        allocations.Add(start, new((ulong)bytes, name));
    }

    /// <summary>Withdraws an allocation named by its first address.</summary>
    public void Unmap(nint address)
    {
        if (!allocations.Remove((ulong)address))
        {
            throw new ArgumentException($"Unmapping {address:x}: no allocation begins there.");
        }
    }

    /// <summary>Start and end of the allocation that holds the address; an empty range if none does.</summary>
    internal (ulong Start, ulong End) Find(ulong address)
    {
        var index = FirstAfter(address) - 1;
        return Covers(index, address) ? (allocations.Keys[index], allocations.Keys[index] + allocations.Values[index].Bytes) : default;
    }

    /// <summary>An address in words: which buffer and which byte, or the nearest buffer before it.</summary>
    internal string Describe(ulong address)
    {
        var index = FirstAfter(address) - 1;
        if (index < 0)
        {
            return $"global address 0x{address:x}, before any buffer";
        }

        var (start, allocation) = (allocations.Keys[index], allocations.Values[index]);
        return $"global address 0x{address:x}, byte {address - start} of '{allocation.Name}' with {allocation.Bytes} bytes";
    }

    /// <summary>The access history of one worker, all of its records void.</summary>
    internal AccessHistory History(int worker)
    {
        while (histories.Count <= worker)
        {
            histories.Add(new(isShared: false));
        }

        histories[worker].Begin();
        return histories[worker];
    }

    private bool Covers(int index, ulong address) => index >= 0 && address - allocations.Keys[index] < allocations.Values[index].Bytes;

    // The number of allocations that begin at or before the address.
    private int FirstAfter(ulong address)
    {
        var (low, high) = (0, allocations.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = allocations.Keys[middle] <= address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
