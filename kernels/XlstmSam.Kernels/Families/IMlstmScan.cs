namespace XlstmSam.Kernels;

/// <summary>The order in which a scan visits the tokens. Both averages a forward and a reverse scan over the same operands.</summary>
public enum ScanDirection
{
    /// <summary>From the first token to the last.</summary>
    Forward,
    /// <summary>From the last token to the first.</summary>
    Reverse,
    /// <summary>The mean of the two.</summary>
    Both,
}

/// <summary>q, k, v, h are (B, S, Heads, HeadSize); the gate pre-activations i, f are (B, S, Heads). Chunk is the length of one chunk.</summary>
public readonly record struct MlstmScanGeometry(int B, int S, int Heads, int HeadSize, int Chunk, ScanDirection Direction) : IGeometry
{
    /// <summary>Scans over the operands: 1 or 2.</summary>
    public int Directions => Direction == ScanDirection.Both ? 2 : 1;

    /// <summary>Chunks of a sequence; the last may be shorter.</summary>
    public int Chunks => (S + Chunk - 1) / Chunk;

    /// <inheritdoc/>
    public long Flops => 4L * Directions * B * S * Heads * HeadSize * (Math.Min(S, Chunk) + HeadSize);

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * ((4L * B * S * Heads * HeadSize) + (2L * B * S * Heads));
}

/// <summary>
/// The stabilised mLSTM cell in chunkwise form (docs/formulas/mlstm.md): with F_t = Σ_{s≤t} logsigmoid(f_s),
/// D_tj = exp(F_t - F_j + i_j - m_t) for j ≤ t, m_t the row maximum of the exponents, C_tj = (q_t·k_j / sqrt(HeadSize)) D_tj, b_t = Σ_j C_tj:
/// h_t = Σ_j C_tj v_j / (max(|b_t|, exp(-m_t)) + epsilon). Gradients are exact, the row maximum included; they accumulate (+=).
/// </summary>
public interface IMlstmScan : IKernelFamily<MlstmScanGeometry>
{
    /// <summary>Elements that forward leaves for backward.</summary>
    long SavedLength(in MlstmScanGeometry geometry);

    /// <summary>h from the operands, and what backward needs in saved.</summary>
    void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved);

    /// <summary>Absent gradients are skipped.</summary>
    void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk,
        View dv, View di, View df);
}

// Each product of forward has two gradients.
internal sealed partial class CountedKernels : IMlstmScan
{
    public long ScratchBytes(in MlstmScanGeometry geometry) => real.MlstmScan.ScratchBytes(geometry);

    public long SavedLength(in MlstmScanGeometry geometry) => real.MlstmScan.SavedLength(geometry);

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved) =>
        Add("MlstmScan", TallyPass.Forward, real.MlstmScan, geometry);

    public void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk,
        View dv, View di, View df) =>
        Add("MlstmScan", TallyPass.BackwardData, real.MlstmScan, geometry, 2 * geometry.Flops, 2 * geometry.Bytes);
}
