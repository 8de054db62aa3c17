namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The chunks of one segment, of all scans from <paramref name="firstScan"/> on: a ticket takes one chunk of one scan, or a block of the rows of
/// one scan's states.
/// </summary>
internal readonly unsafe struct MlstmSegment(MlstmScanGeometry geometry, float* saved, int firstScan, int firstChunk, int most)
{
    public int Chunks { get; } = Math.Min(most, geometry.Chunks - firstChunk);

    public int Blocks { get; } = MlstmStates.Blocks(geometry.HeadSize);

    public int First => firstChunk;

    public int End => firstChunk + Chunks;

    public MlstmScanLayout Scan(int number) => MlstmScanLayout.At(geometry, saved, firstScan + number);

    public int Chunk(int ticket) => firstChunk + (ticket % Chunks);
}
