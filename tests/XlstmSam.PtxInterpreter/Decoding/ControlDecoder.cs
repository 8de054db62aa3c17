namespace XlstmSam.PtxInterpreter;

/// <summary>Branches, returns, barriers, fences.</summary>
internal static class ControlDecoder
{
    /// <summary>.uni promises that no warp parts here; ILGPU writes it where that is not certain, so it is taken for a hint.</summary>
    public static Instruction Branch(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("uni");
        return new Branch(operands.Label(operands.Name(0)));
    }

    public static Instruction IndexedBranch(Opcode opcode, OperandReader operands)
    {
        opcode.Take("idx");
        opcode.Ignore("uni");
        return new IndexedBranch(operands.Source(0, PtxType.U32), operands.BranchTargets(1));
    }

    public static Instruction Return(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("uni");
        return new Return();
    }

    public static Instruction Barrier(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("aligned", "cta");
        if (opcode.Take("warp"))
        {
            opcode.Take("sync");
            return new WarpBarrier(operands.Source(0, PtxType.B32));
        }

        if (opcode.Take("sync"))
        {
            operands.RequireCount(1, 2);
            var count = operands.Count == 2 ? operands.Source(1, PtxType.U32) : -1;
            return new BlockBarrier(operands.Source(0, PtxType.U32), count, BarrierReduction.None, -1, default);
        }

        return opcode.Take("red") ? Reduction(opcode, operands) : throw opcode.Unknown("of barriers, sync and red are known");
    }

    public static Instruction Fence(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("cta", "gl", "gpu", "sys", "sc", "acq_rel");
        return new Fence();
    }

    private static Instruction Reduction(Opcode opcode, OperandReader operands)
    {
        var reduction = opcode.TakeAny("and", "or", "popc") switch
        {
            "and" => BarrierReduction.And,
            "or" => BarrierReduction.Or,
            "popc" => BarrierReduction.PopCount,
            _ => throw opcode.Unknown("expected .and, .or or .popc"),
        };
        operands.RequireCount(3, 4);
        var type = opcode.TakeType();
        var target = type.IsPredicate ? operands.Predicate(0).Register : operands.Target(0, PtxType.U32);
        var count = operands.Count == 4 ? operands.Source(2, PtxType.U32) : -1;
        return new BlockBarrier(operands.Source(1, PtxType.U32), count, reduction, target, operands.Predicate(operands.Count - 1));
    }
}
