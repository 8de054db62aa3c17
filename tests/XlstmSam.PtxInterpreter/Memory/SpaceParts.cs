using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>The lanes of an access by state space: one part unless the addresses are generic.</summary>
internal unsafe ref struct SpaceParts
{
    private readonly StateSpace space;
    private readonly ulong* addresses;
    private readonly Span<ulong> original;
    private uint rest;

    public SpaceParts(StateSpace space, ulong* addresses, uint mask)
    {
        this.space = space;
        this.addresses = addresses;
        rest = mask;

        // Each part gets the addresses afresh: opening one may change those of lanes that are not in it.
        original = space == StateSpace.Generic ? new ReadOnlySpan<ulong>(addresses, Lanes.Count).ToArray() : [];
    }

    public (StateSpace Space, uint Lanes) Current { get; private set; }

    public readonly SpaceParts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (rest == 0)
        {
            return false;
        }

        if (space != StateSpace.Generic)
        {
            Current = (space, rest);
            rest = 0;
            return true;
        }

        var window = Window(original[BitOperations.TrailingZeroCount(rest)]);
        var together = 0u;
        for (var left = rest; left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            together |= Window(original[lane]) == window ? 1u << lane : 0;
        }

        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            addresses[lane] = original[lane] - window;
        }

        rest &= ~together;
        Current = (
            window switch { MemoryAccess.SharedWindow => StateSpace.Shared, MemoryAccess.LocalWindow => StateSpace.Local, _ => StateSpace.Global }, together);
        return true;
    }

    private static ulong Window(ulong address) => address & (MemoryAccess.SharedWindow | MemoryAccess.LocalWindow);
}
