using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>Loads, stores, atomics and asynchronous copies. Cache hints are dropped.</summary>
internal static class MemoryDecoder
{
    private static readonly string[] Hints = ["ca", "cg", "cs", "lu", "cv", "wb", "wt", "nc", "volatile", "weak", "L1", "L2"];

    public static Instruction Load(Opcode opcode, OperandReader operands)
    {
        operands.RequireCount(2);
        var (space, address) = Place(opcode, operands, 1);
        var type = opcode.TakeType();
        var targets = operands.Targets(0, type, mayBeWider: true);
        RequireVector(opcode, targets.Length, type);
        var slot = operands.Slot(operands.List(0)[0]);
        return (type.Bytes, type.IsSigned, slot) switch
        {
            (1, false, 4) => Load<byte, uint>(space, address, targets),
            (1, true, 4) => Load<sbyte, uint>(space, address, targets),
            (2, false, 4) => Load<ushort, uint>(space, address, targets),
            (2, true, 4) => Load<short, uint>(space, address, targets),
            (4, _, 4) => Load<uint, uint>(space, address, targets),
            (1, false, 8) => Load<byte, ulong>(space, address, targets),
            (2, false, 8) => Load<ushort, ulong>(space, address, targets),
            (4, false, 8) => Load<uint, ulong>(space, address, targets),
            (4, true, 8) => Load<int, ulong>(space, address, targets),
            (8, _, 8) => Load<ulong, ulong>(space, address, targets),
            _ => throw opcode.Unknown("not known for this type and register"),
        };
    }

    public static Instruction Store(Opcode opcode, OperandReader operands)
    {
        operands.RequireCount(2);
        var (space, address) = Place(opcode, operands, 0);
        if (space == StateSpace.Param)
        {
            throw opcode.Unknown("the parameters of an entry are read only");
        }

        var type = opcode.TakeType();
        var sources = operands.Sources(1, type, mayBeWider: true);
        RequireVector(opcode, sources.Length, type);
        var slot = operands.List(1)[0] is NameSyntax { Name: var name } && SpecialNames.Find(name) is null ? operands.Slot(operands.List(1)[0]) : type.Slot;
        return (type.Bytes, slot) switch
        {
            (1, 4) => new Store<byte, uint>(space, address, sources),
            (2, 4) => new Store<ushort, uint>(space, address, sources),
            (4, 4) => new Store<uint, uint>(space, address, sources),
            (1, 8) => new Store<byte, ulong>(space, address, sources),
            (2, 8) => new Store<ushort, ulong>(space, address, sources),
            (4, 8) => new Store<uint, ulong>(space, address, sources),
            (8, 8) => new Store<ulong, ulong>(space, address, sources),
            _ => throw opcode.Unknown("not known for this type and register"),
        };
    }

    public static Instruction Atomic(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("relaxed", "acquire", "release", "acq_rel", "gpu", "cta", "sys");
        var operation = opcode.TakeAny("add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec") switch
        {
            "add" => AtomicOperation.Add,
            "min" => AtomicOperation.Min,
            "max" => AtomicOperation.Max,
            "and" => AtomicOperation.And,
            "or" => AtomicOperation.Or,
            "xor" => AtomicOperation.Xor,
            "exch" => AtomicOperation.Exchange,
            "cas" => AtomicOperation.CompareExchange,
            "inc" => AtomicOperation.Increment,
            "dec" => AtomicOperation.Decrement,
            _ => throw opcode.Unknown("expected an operation"),
        };
        var returns = opcode.Name == "atom" ? 1 : 0;
        var (space, address) = Place(opcode, operands, returns);
        var type = opcode.TakeType();
        var target = returns == 1 ? operands.Target(0, type) : -1;
        var operand = operands.Source(returns + 1, type);
        var other = operation == AtomicOperation.CompareExchange ? operands.Source(returns + 2, type) : -1;
        return type switch
        {
            { Kind: TypeKind.Float, Bytes: 4 } => new Atomic<float>(operation, space, address, target, operand, other),
            { Kind: TypeKind.Float, Bytes: 8 } => new Atomic<double>(operation, space, address, target, operand, other),
            { Kind: TypeKind.Signed, Bytes: 4 } => new Atomic<int>(operation, space, address, target, operand, other),
            { Kind: TypeKind.Signed, Bytes: 8 } => new Atomic<long>(operation, space, address, target, operand, other),
            { Kind: TypeKind.Unsigned or TypeKind.Bits, Bytes: 4 } => new Atomic<uint>(operation, space, address, target, operand, other),
            { Kind: TypeKind.Unsigned or TypeKind.Bits, Bytes: 8 } => new Atomic<ulong>(operation, space, address, target, operand, other),
            _ => throw opcode.Unknown("not known for this type"),
        };
    }

    public static Instruction CopyAsync(Opcode opcode, OperandReader operands)
    {
        if (!opcode.Take("async"))
        {
            throw opcode.Unknown("of the cp family only cp.async is known");
        }

        if (opcode.Take("commit_group"))
        {
            return new AsyncCommit();
        }

        if (opcode.Take("wait_all"))
        {
            return new AsyncWait(null);
        }

        if (opcode.Take("wait_group"))
        {
            return new AsyncWait((int)(operands.Immediate(0) ?? throw opcode.Unknown("it waits for a constant number of groups")));
        }

        var isWhole = opcode.TakeAny("ca", "cg") == "cg";
        opcode.Ignore("shared", "global", "L2");
        operands.RequireCount(3, 4);
        var bytes = operands.Immediate(2) ?? 0;
        if (bytes is not (4 or 8 or 16) || (isWhole && bytes != 16))
        {
            throw opcode.Unknown("it copies a constant 4, 8 or 16 bytes, with .cg 16");
        }

        var sourceBytes = operands.Count == 4 ? operands.Source(3, PtxType.U32) : -1;
        return new AsyncCopy(operands.Address(0).Address, operands.Address(1).Address, (int)bytes, sourceBytes);
    }

    public static Instruction Prefetch(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("global", "L1", "L2");
        return new Fence();
    }

    private static Instruction Load<TMemory, TSlot>(StateSpace space, AddressOperand address, int[] targets)
        where TMemory : unmanaged, INumberBase<TMemory>
        where TSlot : unmanaged, INumberBase<TSlot>
        => space == StateSpace.Param ? new LoadParameter<TMemory, TSlot>((int)address.Offset, targets) : new Load<TMemory, TSlot>(space, address, targets);

    // .param names an entry's argument block, or a call's arguments, which are local memory here.
    private static (StateSpace Space, AddressOperand Address) Place(Opcode opcode, OperandReader operands, int index)
    {
        opcode.Ignore(Hints);
        var (address, variable) = operands.Address(index);
        var space = opcode.TakeAny("global", "shared", "local", "param") switch
        {
            "global" => StateSpace.Global,
            "shared" => StateSpace.Shared,
            "local" => StateSpace.Local,
            "param" when variable is not null => variable.Space,
            "param" => throw opcode.Unknown("parameters are addressed by name"),
            _ => StateSpace.Generic,
        };
        opcode.Ignore("cta");
        return (space, address);
    }

    private static void RequireVector(Opcode opcode, int count, PtxType type)
    {
        var named = opcode.TakeAny("v2", "v4") switch { "v2" => 2, "v4" => 4, _ => 1 };
        if (named != count || count * type.Bytes > 16)
        {
            throw opcode.Unknown($"it moves {count} registers of {type.Bytes} bytes");
        }
    }
}
