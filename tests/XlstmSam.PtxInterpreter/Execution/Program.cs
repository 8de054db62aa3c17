namespace XlstmSam.PtxInterpreter;

internal enum Special
{
    TidX, TidY, TidZ, NtidX, NtidY, NtidZ, CtaidX, CtaidY, CtaidZ, NctaidX, NctaidY, NctaidZ, LaneId, WarpId, WarpCount, DynamicSharedBytes,
    TotalSharedBytes, LaneMaskEqual, LaneMaskLower, LaneMaskLowerEqual, LaneMaskGreater, LaneMaskGreaterEqual,
}

/// <summary>An entry after decoding: what a warp needs to run it.</summary>
/// <param name="Code">The instructions; the last one is a return.</param>
/// <param name="RegisterBytes">Bytes of one warp's registers: 128 or 256 for each, 32 lanes side by side.</param>
/// <param name="Constants">Immediate operands by the offset of the register they fill: loaded once per warp.</param>
/// <param name="Specials">Special registers by the offset of the register they fill.</param>
internal sealed record Program(
    string Name,
    Instruction[] Code,
    int RegisterBytes,
    int Predicates,
    IReadOnlyList<(int Offset, int Slot, ulong Bits)> Constants,
    IReadOnlyList<(int Offset, Special Register)> Specials,
    int StaticSharedBytes,
    int LocalBytes,
    int ParameterBytes,
    int? MaxThreads);
