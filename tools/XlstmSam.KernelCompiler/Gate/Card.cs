namespace XlstmSam.KernelCompiler.Gate;

/// <summary>What one multiprocessor of an architecture holds, from NVIDIA's table of compute capabilities.</summary>
/// <param name="SharedBytes">Shared memory of a multiprocessor; every block takes 1 KiB more than it asks for.</param>
/// <param name="BlockSharedBytes">The most that one block may have.</param>
internal sealed record Card(string Target, int Threads, int Blocks, int SharedBytes, int BlockSharedBytes)
{
    public const int Registers = 65536;
    private const int WarpSize = 32;
    private const int RegisterUnit = 256;
    private const int ReservedSharedBytes = 1024;
    private const int SharedUnit = 128;

    public static IReadOnlyList<Card> All { get; } =
    [
        new("sm_80", 2048, 32, 164 << 10, 163 << 10),
        new("sm_86", 1536, 16, 100 << 10, 99 << 10),
        new("sm_89", 1536, 24, 100 << 10, 99 << 10),
        new("sm_90", 2048, 32, 228 << 10, 227 << 10),
    ];

    /// <summary>How many blocks run on one multiprocessor at once.</summary>
    public int Resident(int threads, int registers, int sharedBytes)
    {
        if (sharedBytes > BlockSharedBytes)
        {
            return 0;
        }

        var warps = (threads + WarpSize - 1) / WarpSize;
        var registersOfWarp = ((registers * WarpSize) + RegisterUnit - 1) / RegisterUnit * RegisterUnit;
        var byRegisters = Registers / Math.Max(1, registersOfWarp) / warps;
        var byShared = SharedBytes / ((sharedBytes + ReservedSharedBytes + SharedUnit - 1) / SharedUnit * SharedUnit);
        return Math.Min(Math.Min(Blocks, Threads / (warps * WarpSize)), Math.Min(byRegisters, byShared));
    }
}
