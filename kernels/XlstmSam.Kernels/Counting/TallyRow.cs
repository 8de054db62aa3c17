namespace XlstmSam.Kernels;

/// <summary>All calls of one op family in one pass.</summary>
public sealed record TallyRow(string Family, TallyPass Pass, long Calls, long Flops, long Bytes);
