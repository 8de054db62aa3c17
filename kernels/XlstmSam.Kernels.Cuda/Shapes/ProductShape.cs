using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// y (M, N) = left (M, K) right (K, N), for every matrix of a batch and every slice of the sum. Blocks go over columns first, then rows, then
/// matrices; a block row of the grid is a slice.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProductShape
{
    public int M;
    public int N;
    public int K;

    /// <summary>A multiple of 16, or all of K.</summary>
    public int SliceLength;

    /// <summary>Four neighbours of the left operand may be copied at once.</summary>
    public int WideLeft;

    public int WideRight;

    /// <summary>Elements between the stored rows of the right operand.</summary>
    public long RightPitch;

    // Where K is (tap D, tap H, tap W, channel) and runs along the stored rows of the right operand: elements between its taps.
    public long RightD;
    public long RightH;
    public long RightW;
    public long LeftStride;
    public long RightStride;

    // Matrix i of a batch lies (i / 4) OutputD + (i / 2 mod 2) OutputH + (i mod 2) OutputW behind the first.
    public long OutputD;
    public long OutputH;
    public long OutputW;

    /// <summary>Elements between the partial results of two slices.</summary>
    public long SliceStride;
}
