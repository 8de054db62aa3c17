using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>A position in the code that is known once the label has been passed.</summary>
internal sealed class CodeLabel(string name, int line)
{
    public string Name => name;

    public int Line => line;

    public int Position { get; set; } = -1;
}

/// <summary>An instruction after which a warp may go on at more than one place.</summary>
internal abstract class Jump : Instruction
{
    public abstract IReadOnlyList<CodeLabel> Targets { get; }

    /// <summary>The position where all paths from here have met again, or -1 for the end; set once the whole code is known.</summary>
    public int Meeting { get; set; } = -1;

    /// <summary>Whether lanes of one warp can part here.</summary>
    public virtual bool CanDiverge => Guard >= 0;
}

/// <summary>bra: the lanes of the mask jump.</summary>
internal sealed class Branch(CodeLabel target) : Jump
{
    public override IReadOnlyList<CodeLabel> Targets { get; } = [target];

    public override void Execute(Warp warp, uint mask) => warp.Branch(this, mask, target.Position, Meeting);
}

/// <summary>brx.idx: each lane jumps to the label that its index names.</summary>
internal sealed unsafe class IndexedBranch(int index, IReadOnlyList<CodeLabel> targets) : Jump
{
    public override IReadOnlyList<CodeLabel> Targets => targets;

    public override bool CanDiverge => true;

    public override void Execute(Warp warp, uint mask)
    {
        var indices = warp.Register<uint>(index);
        var chosen = indices[BitOperations.TrailingZeroCount(mask)];
        if (chosen >= targets.Count)
        {
            throw warp.Fault(this, mask, $"The index {chosen} names none of the {targets.Count} labels.");
        }

        var together = 0u;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            together |= indices[lane] == chosen ? 1u << lane : 0;
        }

        // Lanes with another index come back to this instruction, one target at a time.
        warp.Pc -= together == mask ? 0 : 1;
        warp.Branch(this, together, targets[(int)chosen].Position, Meeting);
    }
}

/// <summary>Stands where parted lanes of a warp meet again.</summary>
internal sealed class Meet(CodeLabel here) : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Meet(here.Position);
}

/// <summary>ret, exit: the lanes are done.</summary>
internal sealed class Return : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Exit(mask);
}

/// <summary>Instructions that order memory accesses: here every access is performed at once, in program order.</summary>
internal sealed class Fence : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}
