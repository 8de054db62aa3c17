using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// What backward keeps per token, in planes as those of <see cref="MlstmGates"/>; the letters are those of docs/formulas/mlstm.md. r_t is the inner
/// product of dL/dh_t and h_t.
/// </summary>
internal readonly struct MlstmBackwardPlanes(ArrayView<float> planes)
{
    private readonly long plane = planes.Length / MlstmShape.CotangentPlanes;

    /// <summary>1 / P_t, times the share of the direction in dL/dh_t.</summary>
    public long Scale => 0;

    public long AlphaScale => plane;

    public long Dbeta => 2 * plane;

    public long AlphaDbeta => 3 * plane;

    /// <summary>μ_t = -(ε / P_t) r_t.</summary>
    public long Peak => 4 * plane;

    /// <summary>dN_t·N_t + dβ_t β_t, the sum of row t of E: (ε / P_t) r_t where |β_t| is what P_t was made of, else r_t.</summary>
    public long RowSum => 5 * plane;

    /// <summary>κ_t.</summary>
    public long ColumnSum => 6 * plane;
}
