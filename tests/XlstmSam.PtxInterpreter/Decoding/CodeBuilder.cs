namespace XlstmSam.PtxInterpreter;

/// <summary>Collects the code of one entry and hands out its registers and memory.</summary>
internal sealed class CodeBuilder
{
    private readonly Dictionary<(int Slot, ulong Bits), int> constants = [];
    private readonly Dictionary<Special, int> specials = [];
    private readonly List<(int Offset, int Slot)> dynamicAddresses = [];
    private int registerBytes;
    private int dynamicAlign = 1;
    private int sharedBytes;

    public List<Instruction> Code { get; } = [];

    public List<CodeLabel> Labels { get; } = [];

    public int Predicates { get; private set; }

    public int LocalBytes { get; private set; }

    public int NewRegister(PtxType type)
    {
        if (type.IsPredicate)
        {
            return Predicates++;
        }

        var offset = registerBytes;
        registerBytes += type.Slot * Lanes.Count;
        return offset;
    }

    public int Constant(ulong bits, int slot)
    {
        var key = (slot, slot == 8 ? bits : (uint)bits);
        if (!constants.TryGetValue(key, out var offset))
        {
            constants[key] = offset = NewRegister(slot == 8 ? PtxType.U64 : PtxType.U32);
        }

        return offset;
    }

    /// <summary>A register with the address of a variable.</summary>
    public int Address(VariableSymbol variable, int slot)
    {
        if (!variable.IsDynamic)
        {
            return Constant((ulong)variable.Address, slot);
        }

        var offset = NewRegister(slot == 8 ? PtxType.U64 : PtxType.U32);
        dynamicAddresses.Add((offset, slot));
        return offset;
    }

    public int SpecialRegister(Special register)
    {
        if (!specials.TryGetValue(register, out var offset))
        {
            specials[register] = offset = NewRegister(PtxType.U32);
        }

        return offset;
    }

    public int AllocateShared(int align, int bytes)
    {
        sharedBytes = Align(sharedBytes, align) + bytes;
        return sharedBytes - bytes;
    }

    public void AllocateDynamic(int align) => dynamicAlign = Math.Max(dynamicAlign, align);

    public int AllocateLocal(int align, int bytes)
    {
        LocalBytes = Align(LocalBytes, align) + bytes;
        return LocalBytes - bytes;
    }

    public CodeLabel NewLabel(string name, int line)
    {
        var label = new CodeLabel(name, line);
        Labels.Add(label);
        return label;
    }

    public Program Build(string name, int parameterBytes, int? maxThreads)
    {
        var code = Reconvergence.Insert(Code, Labels);
        var dynamicStart = Align(sharedBytes, dynamicAlign);
        var filled = constants.Select(constant => (constant.Value, constant.Key.Slot, constant.Key.Bits))
            .Concat(dynamicAddresses.Select(address => (address.Offset, address.Slot, (ulong)dynamicStart)));

        // Local memory of a lane keeps every variable at its alignment in the next lane too.
        return new(
            name, code, registerBytes, Predicates, [.. filled], [.. specials.Select(special => (special.Value, special.Key))],
            dynamicStart, Align(LocalBytes, 16), parameterBytes, maxThreads);
    }

    private static int Align(int value, int align) => (value + align - 1) / align * align;
}
