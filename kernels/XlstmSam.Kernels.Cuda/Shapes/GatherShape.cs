using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Volumes (N, SizeD, SizeH, SizeW, channels) as the left operand of a product. With the grid's point p and tap j, it takes voxel
/// p Step + First + j TapStep on every axis, zeros where that lies outside. What belongs together in a row (or, for sums over voxels, in a
/// column) is ordered (tap D, tap H, tap W, channel).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GatherShape
{
    public Divider Channels;
    public Divider PlaneTaps;
    public Divider LineTaps;
    public int TapsD;
    public int TapsH;
    public int StepD;
    public int StepH;
    public int StepW;
    public int FirstD;
    public int FirstH;
    public int FirstW;
    public int SizeD;
    public int SizeH;
    public int SizeW;

    /// <summary>1, or -1 for the taps of a data gradient.</summary>
    public int TapStep;

    /// <summary>Elements between neighbouring voxels.</summary>
    public long Pitch;

    /// <summary>The same between the voxels of neighbouring taps.</summary>
    public long TapPitch;

    public const int MostTaps = 10;
}
