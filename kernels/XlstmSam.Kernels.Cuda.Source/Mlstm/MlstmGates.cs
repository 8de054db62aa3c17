using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// What the gates come to, per token, in planes of one float per token of all sequences: U_j = i_j - F_j and M_t = max_{j≤t} U_j, each in two floats
/// whose sum has their double's precision, so that the difference of two near ones is exact to a float.
/// </summary>
internal readonly struct MlstmGates(ArrayView<float> planes)
{
    public readonly ArrayView<float> Planes = planes;
    public readonly long Plane = planes.Length / MlstmShape.GatePlanes;

    public long KeyHigh => 0;

    public long KeyLow => Plane;

    public long PeakHigh => 2 * Plane;

    public long PeakLow => 3 * Plane;

    /// <summary>exp(M before the chunk - M_t): what is left of the incoming state at token t.</summary>
    public long Alpha => 4 * Plane;

    /// <summary>exp(U_j - M at the end of the chunk): the weight with which token j enters the outgoing state.</summary>
    public long Entry => 5 * Plane;

    /// <summary>exp(-m_t).</summary>
    public long Floor => 6 * Plane;

    /// <summary>1 where U_t is the largest so far and the first of its value, else 0.</summary>
    public long IsPeak => 7 * Plane;

    /// <summary>W_tj = exp(U_j - M_t), j ≤ t, from the places of both tokens in a plane.</summary>
    public float Weight(long token, long earlier) =>
        GpuLane.Exp((Planes[KeyHigh + earlier] - Planes[PeakHigh + token]) + (Planes[KeyLow + earlier] - Planes[PeakLow + token]));
}
