using System.Numerics;
using System.Runtime.InteropServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>
/// One block at a time: its warps, its shared memory and its barriers. A worker keeps one and runs block after block in it.
/// </summary>
internal sealed unsafe class ThreadBlock : IDisposable
{
    private const byte Poison = 0xff;

    private readonly Warp[] warps;
    private readonly (ulong Start, ulong End)[] recentBuffers = new (ulong, ulong)[64];
    private readonly byte* registers;
    private readonly byte* local;
    private readonly byte* image;

    public ThreadBlock(LaunchContext launch, AccessHistory globalHistory, AccessHistory sharedHistory, FindingList findings)
    {
        (Launch, GlobalHistory, SharedHistory, Findings) = (launch, globalHistory, sharedHistory, findings);
        var threads = launch.Block.Count;
        warps = new Warp[(threads + Lanes.Count - 1) / Lanes.Count];
        SharedBytes = launch.SharedBytes;
        Shared = Allocate(SharedBytes);
        registers = Allocate(warps.Length * Program.RegisterBytes);
        image = Allocate(warps.Length * (long)Program.RegisterBytes);
        local = Allocate((long)warps.Length * Lanes.Count * Program.LocalBytes);
        Predicates = (uint*)Allocate(warps.Length * Program.Predicates * sizeof(uint));
        for (var w = 0; w < warps.Length; w++)
        {
            var predicates = Predicates + (w * Program.Predicates);
            warps[w] = new(this, w, registers + (w * (long)Program.RegisterBytes), predicates, local + ((long)w * Lanes.Count * Program.LocalBytes));
        }

        FillImage();
    }

    public LaunchContext Launch { get; }

    public Program Program => Launch.Program;

    public AccessHistory GlobalHistory { get; }

    public AccessHistory SharedHistory { get; }

    public FindingList Findings { get; }

    public byte* Shared { get; }

    public int SharedBytes { get; }

    public Dim3 Position { get; private set; }

    public int LinearIndex { get; private set; }

    /// <summary>Barriers of the whole block passed so far.</summary>
    public int Epoch { get; private set; }


    public long Executed => warps.Sum(warp => warp.Executed);

    private uint* Predicates { get; }

    /// <summary>The buffer that was last found near an address: mostly the one that holds it.</summary>
    public ref (ulong Start, ulong End) RecentBuffer(ulong address) => ref recentBuffers[(address >> 12) % (ulong)recentBuffers.Length];

    public Dim3 Thread(int linear) => Launch.Block.At(linear);

    public void Run(int linearIndex)
    {
        (LinearIndex, Position, Epoch) = (linearIndex, Launch.Grid.At(linearIndex), 0);
        SharedHistory.Begin();
        new Span<byte>(Shared, SharedBytes).Fill(Poison);
        NativeMemory.Fill(local, (nuint)((long)warps.Length * Lanes.Count * Program.LocalBytes), Poison);
        foreach (var warp in warps)
        {
            Start(warp);
        }

        while (true)
        {
            foreach (var warp in warps)
            {
                warp.Run();
            }

            if (Array.TrueForAll(warps, warp => warp.State == WarpState.Done))
            {
                break;
            }

            ReleaseBarrier();
        }
    }

    public void Dispose()
    {
        foreach (var memory in (ReadOnlySpan<nint>)[(nint)Shared, (nint)registers, (nint)image, (nint)local, (nint)Predicates])
        {
            NativeMemory.AlignedFree((void*)memory);
        }
    }

    private static byte* Allocate(long bytes) => (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 256);

    // What every block's registers hold before the first instruction, but for the block's own position.
    private void FillImage()
    {
        NativeMemory.Fill(image, (nuint)(warps.Length * (long)Program.RegisterBytes), Poison);
        foreach (var warp in warps)
        {
            var start = image + (warp.Index * (long)Program.RegisterBytes);
            foreach (var (offset, slot, bits) in Program.Constants)
            {
                RegisterFiller.Fill(start + offset, slot, bits);
            }

            foreach (var (offset, register) in Program.Specials)
            {
                RegisterFiller.Fill((uint*)(start + offset), register, this, warp.Index);
            }
        }
    }

    private void Start(Warp warp)
    {
        NativeMemory.Copy(image + (warp.Index * (long)Program.RegisterBytes), warp.Register<byte>(0), (nuint)Program.RegisterBytes);
        new Span<uint>(warp.Predicates, Program.Predicates).Clear();
        foreach (var (offset, register) in Program.Specials)
        {
            if (register is Special.CtaidX or Special.CtaidY or Special.CtaidZ)
            {
                RegisterFiller.Fill(warp.Register<uint>(offset), register, this, warp.Index);
            }
        }

        var threads = Launch.Block.Count - (warp.Index * Lanes.Count);
        warp.Start(threads >= Lanes.Count ? Lanes.All : (1u << threads) - 1);
    }

    // All warps wait or are done. A barrier opens when the threads it counts have come; without a count, when every live warp waits at it.
    private void ReleaseBarrier()
    {
        var live = warps.Where(warp => warp.State == WarpState.Waiting).ToArray();
        foreach (var group in live.GroupBy(warp => (warp.Wait!.Id, warp.Wait.Threads)))
        {
            var here = group.ToArray();
            var isWhole = here.Length == live.Length;
            if (group.Key.Threads == 0 ? isWhole : here.Length * Lanes.Count >= group.Key.Threads)
            {
                Release(here, isWhole);
                return;
            }
        }

        var places = string.Join("; ", live.Select(warp => $"warp {warp.Index} waits at {warp.Wait!.Instruction}"));
        throw new PtxFault($"{Program.Name}, block {Position}: the warps wait for each other for ever: {places}.");
    }

    private void Release(Warp[] here, bool isWhole)
    {
        var first = here[0].Wait!.Instruction;
        if (Array.Find(here, warp => warp.Wait!.Instruction.Line != first.Line) is { } other)
        {
            Findings.Add(FindingKind.BarrierDivergence, other.Wait!.Instruction, LinearIndex, () =>
                $"Warps of one block pass barrier {other.Wait.Id} at different places: warp {other.Index} at {other.Wait.Instruction}, warp {here[0].Index} at {first}; kernel {Program.Name}, block {Position}.");
        }

        Epoch += isWhole ? 1 : 0;
        var votes = here.Sum(warp => BitOperations.PopCount(warp.Wait!.Votes));
        var threads = here.Sum(warp => BitOperations.PopCount(warp.Wait!.Mask));
        foreach (var warp in here)
        {
            warp.Wait!.Instruction.Finish(warp, warp.Wait.Mask, votes, threads);
            warp.Wait = null;
            warp.State = WarpState.Running;
            warp.Synchronize();
        }
    }
}
