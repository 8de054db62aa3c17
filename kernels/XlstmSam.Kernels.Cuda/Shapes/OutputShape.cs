using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Where row and column of a product go. Dense: y[row Pitch + column], or y[column Pitch + row] if transposed. Scattered: the row is a point of
/// the grid and goes to voxel p Step + First of volumes (N, SizeD, SizeH, SizeW), unless that lies outside.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OutputShape
{
    public long Pitch;
    public int Scattered;
    public int Transposed;
    public int StepD;
    public int StepH;
    public int StepW;
    public int FirstD;
    public int FirstH;
    public int FirstW;
    public int SizeD;
    public int SizeH;
    public int SizeW;

    /// <summary>Four columns may be written at once.</summary>
    public int Wide;

    /// <summary>An <see cref="Activation"/>.</summary>
    public int Activation;

    /// <summary>y += instead of y =.</summary>
    public int Accumulate;
}
