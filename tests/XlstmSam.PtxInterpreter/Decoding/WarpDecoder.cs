namespace XlstmSam.PtxInterpreter;

/// <summary>What the lanes of a warp do together.</summary>
internal static class WarpDecoder
{
    public static Instruction Shuffle(Opcode opcode, OperandReader operands)
    {
        RequireSync(opcode);
        var mode = opcode.TakeAny("up", "down", "bfly", "idx") switch
        {
            "up" => ShuffleMode.Up,
            "down" => ShuffleMode.Down,
            "bfly" => ShuffleMode.Butterfly,
            "idx" => ShuffleMode.Index,
            _ => throw opcode.Unknown("expected .up, .down, .bfly or .idx"),
        };
        operands.RequireCount(5);
        var type = opcode.TakeType();
        var (target, predicate) = operands.Pair(0);
        return new Shuffle(
            mode, operands.Target(target, type), predicate, operands.Source(1, type), operands.Source(2, PtxType.U32), operands.Source(3, PtxType.U32),
            operands.Source(4, PtxType.U32));
    }

    public static Instruction Vote(Opcode opcode, OperandReader operands)
    {
        RequireSync(opcode);
        var mode = opcode.TakeAny("all", "any", "uni", "ballot") switch
        {
            "all" => VoteMode.All,
            "any" => VoteMode.Any,
            "uni" => VoteMode.Uniform,
            "ballot" => VoteMode.Ballot,
            _ => throw opcode.Unknown("expected .all, .any, .uni or .ballot"),
        };
        var type = opcode.TakeType();
        var target = type.IsPredicate ? operands.Predicate(0).Register : operands.Target(0, type);
        return new Vote(mode, target, operands.Predicate(1), operands.Source(2, PtxType.U32));
    }

    public static Instruction ActiveMask(Opcode opcode, OperandReader operands) => new ActiveMask(operands.Target(0, opcode.TakeType()));

    public static Instruction LoadMatrix(Opcode opcode, OperandReader operands)
    {
        RequireSync(opcode);
        var count = opcode.TakeAny("x1", "x2", "x4") switch { "x1" => 1, "x2" => 2, "x4" => 4, _ => 0 };
        opcode.Ignore("aligned", "m8n8", "shared", "cta");
        var transposed = opcode.Take("trans");
        var targets = operands.Targets(0, PtxType.B32);
        return opcode.Take("b16") && targets.Length == count
            ? new LoadMatrix(operands.Address(1).Address, targets, transposed)
            : throw opcode.Unknown("expected .x1, .x2 or .x4 of .b16 and as many registers");
    }

    public static Instruction MatrixMultiply(Opcode opcode, OperandReader operands)
    {
        RequireSync(opcode);
        opcode.Ignore("aligned");
        var shape = opcode.TakeAny("m16n8k4", "m16n8k8", "m16n8k16");
        if (!opcode.Take("row") || !opcode.Take("col") || !opcode.Take("f32"))
        {
            throw opcode.Unknown("A is .row, B is .col, C and D are .f32");
        }

        var element = opcode.TakeAny("tf32", "bf16", "f16");
        if (element is null || !opcode.Take(element) || !opcode.Take("f32"))
        {
            throw opcode.Unknown("A and B are both .tf32, .bf16 or .f16, C and D are .f32");
        }

        var (d, a, b, c) = (
            operands.Targets(0, PtxType.B32), operands.Sources(1, PtxType.B32), operands.Sources(2, PtxType.B32), operands.Sources(3, PtxType.B32));
        var registers = (shape, element) switch
        {
            ("m16n8k4", "tf32") or ("m16n8k8", "bf16" or "f16") => 1,
            ("m16n8k8", "tf32") or ("m16n8k16", "bf16" or "f16") => 2,
            _ => throw opcode.Unknown("this shape is not known"),
        };
        if (b.Length != registers || a.Length != 2 * registers || c.Length != 4 || d.Length != 4)
        {
            throw opcode.Unknown($"expected {2 * registers} registers of A, {registers} of B, 4 of C and D");
        }

        return element switch
        {
            "tf32" => new MatrixMultiply<Tf32Fragment>(d, a, b, c),
            "bf16" => new MatrixMultiply<BFloatFragment>(d, a, b, c),
            _ => new MatrixMultiply<HalfFragment>(d, a, b, c),
        };
    }

    private static void RequireSync(Opcode opcode)
    {
        if (!opcode.Take("sync"))
        {
            throw opcode.Unknown("only the .sync form is known");
        }
    }
}
