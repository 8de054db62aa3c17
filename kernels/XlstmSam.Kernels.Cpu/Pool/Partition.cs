namespace XlstmSam.Kernels.Cpu;

/// <summary>A run of elements cut into equal blocks. The cut depends on sizes alone, never on the number of threads.</summary>
internal readonly record struct Partition(long Count, long BlockLength)
{
    /// <summary>64 KiB of floats: enough work for one ticket, and a second sweep over the block finds it in the cache.</summary>
    public const long Grain = 16384;

    public int Blocks => BlockLength == 0 ? 0 : checked((int)((Count + BlockLength - 1) / BlockLength));

    /// <summary>Blocks that are multiples of <paramref name="unit"/> elements, at most <paramref name="most"/> of them.</summary>
    public static Partition Of(long count, long unit = 1, int most = int.MaxValue)
    {
        var units = (count + unit - 1) / unit;
        var perBlock = Math.Max(Math.Max(1, Grain / unit), (units + most - 1) / most);
        return new(count, perBlock * unit);
    }

    public long Start(long block) => block * BlockLength;

    public long Length(long block) => Math.Min(BlockLength, Count - Start(block));
}
