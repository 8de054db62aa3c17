namespace XlstmSam.PtxInterpreter;

/// <summary>What all blocks of one launch share. Parameters are the packed argument block, read only.</summary>
internal sealed record LaunchContext(Program Program, Dim3 Grid, Dim3 Block, int DynamicSharedBytes, byte[] Parameters, GlobalMemory Memory)
{
    public int SharedBytes => Program.StaticSharedBytes + DynamicSharedBytes;

}
