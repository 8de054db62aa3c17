namespace XlstmSam.PtxInterpreter;

/// <summary>Copies between registers, and addresses between state spaces.</summary>
internal static class MoveDecoder
{
    public static Instruction Move(Opcode opcode, OperandReader operands)
    {
        operands.RequireCount(2);
        if (opcode.Take("pred"))
        {
            var value = operands.Immediate(1) is { } number ? PredicateOperand.Constant(number != 0) : operands.Predicate(1);
            return new PredicateLogic(operands.Predicate(0).Register, value, default, BoolOperation.None);
        }

        var type = opcode.TakeType();
        if (operands.IsList(1))
        {
            var (bytes, slot) = Part(operands, 1, type);
            return new Pack(operands.Target(0, type), type.Slot, operands.Sources(1, type with { Bytes = bytes }), slot, bytes);
        }

        if (operands.IsList(0))
        {
            var (bytes, slot) = Part(operands, 0, type);
            return new Unpack(operands.Targets(0, type with { Bytes = bytes }), slot, bytes, operands.Source(1, type), type.Slot);
        }

        var (d, x) = (operands.Target(0, type), operands.Source(1, type));
        return type.Slot == 8 ? new Map1<ulong, Copy>(d, x) : new Map1<uint, Copy>(d, x);
    }

    /// <summary>cvta: host addresses are global and generic alike; shared and local ones lie in windows of the generic space.</summary>
    public static Instruction ConvertAddress(Opcode opcode, OperandReader operands)
    {
        var toSpace = opcode.Take("to");
        var window = opcode.TakeAny("global", "shared", "local", "const", "param") switch
        {
            "global" => 0ul,
            "shared" => MemoryAccess.SharedWindow,
            "local" => MemoryAccess.LocalWindow,
            _ => throw opcode.Unknown("expected .global, .shared or .local"),
        };
        opcode.Ignore("cta");
        var type = opcode.TakeType();
        if (type.Bytes != 8)
        {
            throw opcode.Unknown("generic addresses have 64 bits");
        }

        var offset = operands.Builder.Constant(toSpace ? unchecked(0 - window) : window, 8);
        return new Map2<ulong, Add>(operands.Target(0, type), operands.Source(1, type), offset);
    }

    private static (int Bytes, int Slot) Part(OperandReader operands, int index, PtxType whole)
    {
        var parts = operands.List(index).Count;
        var bytes = whole.Bytes / parts;
        return bytes is 2 or 4 && bytes * parts == whole.Bytes
            ? (bytes, 4)
            : throw operands.Mismatch(operands.List(index)[0], "parts of 16 or 32 bits that make up the whole");
    }
}
