using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>The lanes of an access by state space: one part unless the addresses are generic.</summary>
internal unsafe ref struct SpaceParts(StateSpace space, ulong* addresses, uint mask)
{
    private uint rest = mask;

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

        var window = Window(addresses[BitOperations.TrailingZeroCount(rest)]);
        var together = 0u;
        for (var left = rest; left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            together |= Window(addresses[lane]) == window ? 1u << lane : 0;
        }

        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            addresses[lane] -= (together >> lane & 1) != 0 ? window : 0;
        }

        rest &= ~together;
        Current = (window switch { MemoryAccess.SharedWindow => StateSpace.Shared, MemoryAccess.LocalWindow => StateSpace.Local, _ => StateSpace.Global }, together);
        return true;
    }

    private static ulong Window(ulong address) => address & (MemoryAccess.SharedWindow | MemoryAccess.LocalWindow);
}
