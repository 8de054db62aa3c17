namespace XlstmSam.Imaging;

/// <summary>Scaling of intensities to [0, 255] by modality, and z-normalisation.</summary>
public static class Intensity
{
    private const float AirInHounsfieldUnits = -200;
    private const double LeastAir = 1.0 / 50;
    private const double LowPercentile = 0.5;
    private const double HighPercentile = 99.5;

    /// <summary>Replaces NaN and infinite voxels by 0 in place and says how many there were.</summary>
    public static long ReplaceNonFinite(Volume<float> volume)
    {
        var count = 0L;
        foreach (ref var voxel in volume.Voxels.AsSpan())
        {
            if (!float.IsFinite(voxel))
            {
                voxel = 0;
                count++;
            }
        }

        return count;
    }

    /// <summary>
    /// Air makes a measured image CT when nothing else decides: at least one voxel in 50 below -200. A few such voxels are what the reconstruction of an MR
    /// image leaves at edges. Otherwise the modality stays unknown.
    /// </summary>
    public static Modality GuessModality(Volume<float> volume)
    {
        var air = volume.Voxels.LongCount(voxel => voxel < AirInHounsfieldUnits);
        return air > 0 && air >= LeastAir * volume.Voxels.LongLength ? Modality.CT : Modality.Unknown;
    }

    /// <summary>Whether a NIfTI file's values may be scaled to [0, 255] already: unscaled uint8 voxels may.</summary>
    public static IntensityOrigin OriginOf(NiftiHeader header) =>
        header.DataTypeCode == 2 && (header.Slope is 0 or 1 || !double.IsFinite(header.Slope)) && (header.Intercept == 0 || header.Slope == 0)
            ? IntensityOrigin.EightBit
            : IntensityOrigin.Measured;

    /// <summary>
    /// True when the image is left as it is: an npz whose whole range lies within 0 and 255, or an 8-bit NIfTI of CT, ultrasound or
    /// microscopy. An 8-bit MRI or PET is scaled by its percentiles like any other, since it seldom fills the range.
    /// </summary>
    public static bool IsScaled(Volume<float> volume, Modality modality, IntensityOrigin origin) => origin switch
    {
        IntensityOrigin.Npz => volume.Voxels.AsSpan().IndexOfAnyExceptInRange(0f, 255f) < 0,
        IntensityOrigin.EightBit => modality is Modality.CT or Modality.Ultrasound or Modality.Microscopy,
        _ => false,
    };

    /// <summary>
    /// Intensities in [0, 255]: CT through the window, others clipped to the 0.5 and 99.5 percentiles of their non-zero voxels, with
    /// voxels of exactly 0 (background) at 0. NaN and infinite voxels count as 0. The input stays as it is.
    /// </summary>
    public static Volume<float> ToByteRange(Volume<float> volume, Modality modality, IntensityOrigin origin, CtWindow? window = null)
    {
        var scaled = new Volume<float>(volume.Geometry, (float[])volume.Voxels.Clone());
        ReplaceNonFinite(scaled);
        if (IsScaled(scaled, modality, origin))
        {
            return scaled;
        }

        if (modality == Modality.CT)
        {
            var range = window ?? CtWindow.SoftTissue;
            Scale(scaled.Voxels, range.Low, range.High, keepZero: false);
            return scaled;
        }

        var (low, high) = Percentiles.OfNonZero(scaled.Voxels, LowPercentile, HighPercentile);
        Scale(scaled.Voxels, low, high, keepZero: true);
        return scaled;
    }

    /// <summary>
    /// (x - mean) / deviation in place, with the mean and unbiased deviation of the voxels above 0, or of all voxels when none is above 0.
    /// A deviation of 0, or of a single voxel, divides by 1.
    /// </summary>
    public static ZNorm ZNormalize(Volume<float> volume)
    {
        var voxels = volume.Voxels;
        var isMasked = voxels.AsSpan().IndexOfAnyInRange(float.Epsilon, float.PositiveInfinity) >= 0;
        var (count, sum) = (0L, 0.0);
        foreach (var voxel in voxels)
        {
            if (!isMasked || voxel > 0)
            {
                (count, sum) = (count + 1, sum + voxel);
            }
        }

        var mean = sum / count;
        var squares = 0.0;
        foreach (var voxel in voxels)
        {
            squares += !isMasked || voxel > 0 ? (voxel - mean) * (voxel - mean) : 0;
        }

        var deviation = count > 1 ? Math.Sqrt(squares / (count - 1)) : 0;
        var scale = deviation > 0 ? 1 / deviation : 1;
        foreach (ref var voxel in voxels.AsSpan())
        {
            voxel = (float)((voxel - mean) * scale);
        }

        return new(mean, deviation, count);
    }

    private static void Scale(float[] voxels, double low, double high, bool keepZero)
    {
        var scale = high > low ? 255 / (high - low) : 0;
        foreach (ref var voxel in voxels.AsSpan())
        {
            voxel = keepZero && voxel == 0 ? 0 : (float)((Math.Clamp(voxel, low, high) - low) * scale);
        }
    }
}
