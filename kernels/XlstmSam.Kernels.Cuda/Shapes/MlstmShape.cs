namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// What the kernels of the mLSTM scan know of its shapes. A sequence is a direction, a batch item and a head, in this order; kernels that take a
/// first sequence work on B x Heads from there. Direction: 0 forward, 1 reverse, 2 both.
/// </summary>
internal readonly record struct MlstmShape(int B, int S, int Heads, int HeadSize, int Chunk, int Chunks, int Direction)
{
    /// <summary>Floats that the gates keep of each token.</summary>
    public const int GatePlanes = 8;

    /// <summary>Floats that backward keeps of each token.</summary>
    public const int CotangentPlanes = 7;

    public long Tokens => (long)B * S * Heads;

    /// <summary>A state: C (HeadSize, HeadSize), then n.</summary>
    public long StateLength => (long)HeadSize * (HeadSize + 1);
}
