using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>ld: memory elements into registers, one, two or four side by side.</summary>
internal sealed unsafe class Load<TMemory, TSlot>(StateSpace space, AddressOperand address, int[] targets) : Instruction
    where TMemory : unmanaged, INumberBase<TMemory>
    where TSlot : unmanaged, INumberBase<TSlot>
{
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[Lanes.Count];
        address.Read(warp, addresses);
        foreach (var (part, lanes) in MemoryAccess.Spaces(space, addresses, mask))
        {
            var access = MemoryAccess.Open(warp, this, part, addresses, lanes, sizeof(TMemory) * targets.Length);
            access.NoteRead(warp, this);
            for (var i = 0; i < targets.Length; i++)
            {
                Copy(warp.Register<TSlot>(targets[i]), access, i * sizeof(TMemory));
            }
        }
    }

    private void Copy(TSlot* target, in MemoryAccess access, int offset)
    {
        if (access.Pattern == Pattern.Contiguous && targets.Length == 1 && sizeof(TMemory) == sizeof(TSlot))
        {
            new ReadOnlySpan<TSlot>(access.At(0), Lanes.Count).CopyTo(new(target, Lanes.Count));
        }
        else if (access.Pattern == Pattern.Uniform)
        {
            Lanes.Fill(target, TSlot.CreateTruncating(*(TMemory*)(access.At(0) + offset)));
        }
        else
        {
            for (var rest = access.Mask; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                target[lane] = TSlot.CreateTruncating(*(TMemory*)(access.At(lane) + offset));
            }
        }
    }
}

/// <summary>st: the low bytes of registers into memory. Of lanes that write the same address the highest wins; the race is reported.</summary>
internal sealed unsafe class Store<TMemory, TSlot>(StateSpace space, AddressOperand address, int[] sources) : Instruction
    where TMemory : unmanaged, INumberBase<TMemory>
    where TSlot : unmanaged, INumberBase<TSlot>
{
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[Lanes.Count];
        address.Read(warp, addresses);
        foreach (var (part, lanes) in MemoryAccess.Spaces(space, addresses, mask))
        {
            var access = MemoryAccess.Open(warp, this, part, addresses, lanes, sizeof(TMemory) * sources.Length);
            access.NoteWrite(warp, this);
            for (var i = 0; i < sources.Length; i++)
            {
                Copy(warp.Register<TSlot>(sources[i]), access, i * sizeof(TMemory));
            }
        }
    }

    private void Copy(TSlot* source, in MemoryAccess access, int offset)
    {
        if (access.Pattern == Pattern.Contiguous && sources.Length == 1 && sizeof(TMemory) == sizeof(TSlot))
        {
            new ReadOnlySpan<TSlot>(source, Lanes.Count).CopyTo(new(access.At(0), Lanes.Count));
            return;
        }

        for (var rest = access.Mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            *(TMemory*)(access.At(lane) + offset) = TMemory.CreateTruncating(source[lane]);
        }
    }
}

/// <summary>ld.param of an entry: one value for all lanes.</summary>
internal sealed unsafe class LoadParameter<TMemory, TSlot>(int offset, int[] targets) : Instruction
    where TMemory : unmanaged, INumberBase<TMemory>
    where TSlot : unmanaged, INumberBase<TSlot>
{
    public override void Execute(Warp warp, uint mask)
    {
        fixed (byte* parameters = warp.Block.Launch.Parameters)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                var value = TSlot.CreateTruncating(*(TMemory*)(parameters + offset + (i * sizeof(TMemory))));
                for (var rest = mask; rest != 0; rest &= rest - 1)
                {
                    warp.Register<TSlot>(targets[i])[BitOperations.TrailingZeroCount(rest)] = value;
                }
            }
        }
    }
}
