using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>The addresses of one instruction in one state space, checked: every lane's bytes exist and are aligned.</summary>
internal readonly unsafe ref struct MemoryAccess
{
    /// <summary>Where generic addresses of shared and local memory begin; host addresses end far below.</summary>
    public const ulong SharedWindow = 1ul << 56;
    public const ulong LocalWindow = 2ul << 56;

    private readonly byte* origin;
    private readonly ulong* addresses;
    private readonly StateSpace space;
    private readonly int bytes;

    private MemoryAccess(byte* origin, StateSpace space, ulong* addresses, uint mask, int bytes, Pattern pattern)
    {
        this.origin = origin;
        this.addresses = addresses;
        (this.space, this.bytes, Mask, Pattern) = (space, bytes, mask, pattern);
    }

    public uint Mask { get; }

    public Pattern Pattern { get; }

    /// <summary>Splits generic addresses by the space they lie in, and makes them addresses of it.</summary>
    public static SpaceParts Spaces(StateSpace space, ulong* addresses, uint mask) => new(space, addresses, mask);

    /// <summary>Checks bytes bytes at the address of each lane of the mask.</summary>
    public static MemoryAccess Open(Warp warp, Instruction instruction, StateSpace space, ulong* addresses, uint mask, int bytes)
    {
        var (low, high, bits, pattern) = AddressOperand.Survey(addresses, mask, bytes);
        RequireAligned(warp, instruction, addresses, mask, bytes, bits);
        switch (space)
        {
            case StateSpace.Global:
                RequireMapped(warp, instruction, addresses, mask, bytes, low, high);
                return new(null, space, addresses, mask, bytes, pattern);
            case StateSpace.Shared:
                RequireBelow(warp, instruction, "shared", addresses, mask, bytes, high, warp.Block.SharedBytes);
                return new(warp.Block.Shared, space, addresses, mask, bytes, pattern);
            default:
                var size = warp.Block.Program.LocalBytes;
                RequireBelow(warp, instruction, "local", addresses, mask, bytes, high, size);
                for (var lane = 0; lane < Lanes.Count; lane++)
                {
                    addresses[lane] += (ulong)(lane * size);
                }

                return new(warp.Local, space, addresses, mask, bytes, Pattern.Scattered);
        }
    }

    public byte* At(int lane) => origin + addresses[lane];

    public void NoteRead(Warp warp, Instruction instruction)
    {
        // Lanes that read one address are as good as two of them.
        var mask = Pattern == Pattern.Uniform ? 3 : Mask;
        History(warp)?.Read(warp, instruction, addresses, mask, bytes);
    }

    public void NoteWrite(Warp warp, Instruction instruction) => History(warp)?.Write(warp, instruction, addresses, Mask, bytes);

    private AccessHistory? History(Warp warp) => space switch
    {
        StateSpace.Global => warp.Block.GlobalHistory,
        StateSpace.Shared => warp.Block.SharedHistory,
        _ => null,
    };

    private static void RequireAligned(Warp warp, Instruction instruction, ulong* addresses, uint mask, int bytes, ulong bits)
    {
        if ((bits & (ulong)(bytes - 1)) != 0)
        {
            var lane = 0;
            while ((mask >> lane & 1) == 0 || (addresses[lane] & (ulong)(bytes - 1)) == 0)
            {
                lane++;
            }

            throw warp.Fault(instruction, 1u << lane, $"The address 0x{addresses[lane]:x} is not a multiple of {bytes}.");
        }
    }

    private static void RequireMapped(Warp warp, Instruction instruction, ulong* addresses, uint mask, int bytes, ulong low, ulong high)
    {
        ref var recent = ref warp.Block.RecentBuffer(low);
        if (Holds(recent, low, bytes) && Holds(recent, high, bytes))
        {
            return;
        }

        var memory = warp.Block.Launch.Memory;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            recent = memory.Find(addresses[lane]);
            if (!Holds(recent, addresses[lane], bytes))
            {
                throw warp.Fault(instruction, 1u << lane, $"Out of bounds: {bytes} bytes at {memory.Describe(addresses[lane])}.");
            }
        }
    }

    private static void RequireBelow(
        Warp warp, Instruction instruction, string name, ulong* addresses, uint mask, int bytes, ulong high, int size)
    {
        var buffer = (0ul, (ulong)size);
        if (Holds(buffer, high, bytes))
        {
            return;
        }

        var lane = 0;
        while ((mask >> lane & 1) == 0 || Holds(buffer, addresses[lane], bytes))
        {
            lane++;
        }

        throw warp.Fault(instruction, 1u << lane, $"Out of bounds: {bytes} bytes at {name} address 0x{addresses[lane]:x}; there are {size}.");
    }

    private static bool Holds((ulong Start, ulong End) buffer, ulong address, int bytes) =>
        address >= buffer.Start && address < buffer.End && buffer.End - address >= (ulong)bytes;
}
