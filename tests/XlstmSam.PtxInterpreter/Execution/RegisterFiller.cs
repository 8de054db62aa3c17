namespace XlstmSam.PtxInterpreter;

/// <summary>Writes the registers that hold something before the first instruction: immediates and special registers.</summary>
internal static unsafe class RegisterFiller
{
    public static void Fill(byte* target, int slot, ulong bits)
    {
        if (slot == 8)
        {
            Lanes.Fill((ulong*)target, bits);
        }
        else
        {
            Lanes.Fill((uint*)target, (uint)bits);
        }
    }

    public static void Fill(uint* target, Special register, ThreadBlock block, int warp)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            target[lane] = Value(register, block, warp, lane);
        }
    }

    private static uint Value(Special register, ThreadBlock block, int warp, int lane)
    {
        var launch = block.Launch;
        var thread = block.Thread((warp * Lanes.Count) + lane);
        return register switch
        {
            Special.TidX => (uint)thread.X,
            Special.TidY => (uint)thread.Y,
            Special.TidZ => (uint)thread.Z,
            Special.NtidX => (uint)launch.Block.X,
            Special.NtidY => (uint)launch.Block.Y,
            Special.NtidZ => (uint)launch.Block.Z,
            Special.CtaidX => (uint)block.Position.X,
            Special.CtaidY => (uint)block.Position.Y,
            Special.CtaidZ => (uint)block.Position.Z,
            Special.NctaidX => (uint)launch.Grid.X,
            Special.NctaidY => (uint)launch.Grid.Y,
            Special.NctaidZ => (uint)launch.Grid.Z,
            Special.LaneId => (uint)lane,
            Special.WarpId => (uint)warp,
            Special.WarpCount => (uint)((launch.Block.Count + Lanes.Count - 1) / Lanes.Count),
            Special.DynamicSharedBytes => (uint)launch.DynamicSharedBytes,
            Special.TotalSharedBytes => (uint)launch.SharedBytes,
            Special.LaneMaskEqual => 1u << lane,
            Special.LaneMaskLower => (1u << lane) - 1,
            Special.LaneMaskLowerEqual => uint.MaxValue >> (31 - lane),
            Special.LaneMaskGreater => ~(uint.MaxValue >> (31 - lane)),
            Special.LaneMaskGreaterEqual => uint.MaxValue << lane,
            _ => 0,
        };
    }
}
