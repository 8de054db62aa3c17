using System.Numerics;

namespace XlstmSam.PtxInterpreter;

internal enum AtomicOperation
{
    Add,
    Min,
    Max,
    And,
    Or,
    Xor,
    Exchange,
    CompareExchange,
    Increment,
    Decrement,
}

/// <summary>atom and red: lanes one after the other, blocks undivided. In the access history an atomic counts as a read: it is at odds with plain stores
/// only.</summary>
/// <param name="target">Register of the old value, or -1.</param>
/// <param name="other">For a compare-exchange the new value, else unused.</param>
internal sealed unsafe class Atomic<T>(
    AtomicOperation operation, StateSpace space, AddressOperand address, int target, int operand, int other) : Instruction
    where T : unmanaged, INumber<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[Lanes.Count];
        address.Read(warp, addresses);
        foreach (var (part, lanes) in MemoryAccess.Spaces(space, addresses, mask))
        {
            var access = MemoryAccess.Open(warp, this, part, addresses, lanes, sizeof(T));
            access.NoteRead(warp, this);
            for (var rest = lanes; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                var old = Update(access.At(lane), warp.Register<T>(operand)[lane], other < 0 ? default : warp.Register<T>(other)[lane]);
                if (target >= 0)
                {
                    warp.Register<T>(target)[lane] = old;
                }
            }
        }
    }

    private T Update(byte* place, T x, T y)
    {
        while (true)
        {
            var old = *(T*)place;
            var value = Combine(old, x, y);
            var isDone = sizeof(T) == 4
                ? Interlocked.CompareExchange(ref *(int*)place, *(int*)&value, *(int*)&old) == *(int*)&old
                : Interlocked.CompareExchange(ref *(long*)place, *(long*)&value, *(long*)&old) == *(long*)&old;
            if (isDone)
            {
                return old;
            }
        }
    }

    private T Combine(T old, T x, T y) => operation switch
    {
        AtomicOperation.Add => old + x,
        AtomicOperation.Min => T.MinNumber(old, x),
        AtomicOperation.Max => T.MaxNumber(old, x),
        AtomicOperation.And => Bits(Raw(old) & Raw(x)),
        AtomicOperation.Or => Bits(Raw(old) | Raw(x)),
        AtomicOperation.Xor => Bits(Raw(old) ^ Raw(x)),
        AtomicOperation.Exchange => x,
        AtomicOperation.CompareExchange => Raw(old) == Raw(x) ? y : old,
        AtomicOperation.Increment => old >= x ? T.Zero : old + T.One,
        _ => old == T.Zero || old > x ? x : old - T.One,
    };

    private static ulong Raw(T x) => sizeof(T) == 4 ? *(uint*)&x : *(ulong*)&x;

    private static T Bits(ulong x) => *(T*)&x;
}
