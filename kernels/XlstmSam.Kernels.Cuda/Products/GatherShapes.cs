namespace XlstmSam.Kernels.Cuda;

/// <summary>The ways in which volumes are gathered.</summary>
internal static class GatherShapes
{
    /// <summary>Every voxel with its channels: a matrix.</summary>
    public static GatherShape Voxels(Extent3 size, int channels, long pitch) =>
        Taps(size, channels, pitch, Extent3.Cube(1), Extent3.Cube(1), default, 1);

    /// <param name="size">Of the volumes.</param>
    /// <param name="first">Voxel of tap 0 for point 0.</param>
    public static GatherShape Taps(Extent3 size, int channels, long pitch, Extent3 taps, Extent3 step, Extent3 first, int tapStep)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(taps.D, Math.Max(taps.H, taps.W)), GatherShape.MostTaps, nameof(taps));
        return new()
        {
            Channels = Divider.By(channels),
            PlaneTaps = Divider.By(taps.H * taps.W),
            LineTaps = Divider.By(taps.W),
            TapsD = taps.D,
            TapsH = taps.H,
            StepD = step.D,
            StepH = step.H,
            StepW = step.W,
            FirstD = first.D,
            FirstH = first.H,
            FirstW = first.W,
            SizeD = size.D,
            SizeH = size.H,
            SizeW = size.W,
            TapStep = tapStep,
            Pitch = pitch,
            TapPitch = tapStep * pitch,
        };
    }

    /// <summary>Every point to voxel p step + first of volumes of this size.</summary>
    public static OutputShape Scatter(Extent3 size, int channels, Extent3 step, Extent3 first) => new()
    {
        Pitch = channels,
        Scattered = 1,
        StepD = step.D,
        StepH = step.H,
        StepW = step.W,
        FirstD = first.D,
        FirstH = first.H,
        FirstW = first.W,
        SizeD = size.D,
        SizeH = size.H,
        SizeW = size.W,
    };
}
