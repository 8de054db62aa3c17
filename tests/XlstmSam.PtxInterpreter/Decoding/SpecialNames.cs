namespace XlstmSam.PtxInterpreter;

/// <summary>The special registers by name.</summary>
internal static class SpecialNames
{
    private static readonly Dictionary<string, Special> Names = new()
    {
        ["%tid.x"] = Special.TidX,
        ["%tid.y"] = Special.TidY,
        ["%tid.z"] = Special.TidZ,
        ["%ntid.x"] = Special.NtidX,
        ["%ntid.y"] = Special.NtidY,
        ["%ntid.z"] = Special.NtidZ,
        ["%ctaid.x"] = Special.CtaidX,
        ["%ctaid.y"] = Special.CtaidY,
        ["%ctaid.z"] = Special.CtaidZ,
        ["%nctaid.x"] = Special.NctaidX,
        ["%nctaid.y"] = Special.NctaidY,
        ["%nctaid.z"] = Special.NctaidZ,
        ["%laneid"] = Special.LaneId,
        ["%warpid"] = Special.WarpId,
        ["%nwarpid"] = Special.WarpCount,
        ["%dynamic_smem_size"] = Special.DynamicSharedBytes,
        ["%total_smem_size"] = Special.TotalSharedBytes,
        ["%lanemask_eq"] = Special.LaneMaskEqual,
        ["%lanemask_lt"] = Special.LaneMaskLower,
        ["%lanemask_le"] = Special.LaneMaskLowerEqual,
        ["%lanemask_gt"] = Special.LaneMaskGreater,
        ["%lanemask_ge"] = Special.LaneMaskGreaterEqual,
    };

    public static Special? Find(string name) => Names.TryGetValue(name, out var special) ? special : null;
}
