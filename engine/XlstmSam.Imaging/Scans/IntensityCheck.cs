using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>Whether the intensities of a scan can be what its modality says, with numbers: one look at all voxels.</summary>
/// <param name="Refusal">One sentence where there is nothing to see; null where there is.</param>
/// <param name="Warnings">One sentence each for what is doubtful.</param>
public sealed record IntensityCheck(string? Refusal, IReadOnlyList<string> Warnings)
{
    private const float Air = -200;

    /// <summary>The share of voxels below -200 that no other modality than CT has.</summary>
    private const double MuchAir = 0.05;

    /// <summary>A CT whose values stay within so few Hounsfield units has hardly any contrast through a window.</summary>
    private const double FewUnits = 5;

    private const int Offset = 1024;
    private const string Remedy = "Is it in Hounsfield units? Correct the rescale slope and intercept, or give another window or modality.";

    /// <param name="image">As read, with NaN and infinite voxels in it.</param>
    /// <param name="window">Of a CT; null takes the soft-tissue window.</param>
    public static IntensityCheck Of(Volume<float> image, Modality modality, IntensityOrigin origin, CtWindow? window)
    {
        var (finite, air, inWindow) = (0L, 0L, 0L);
        var (low, high, lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity, float.NegativeInfinity);
        var range = window ?? CtWindow.SoftTissue;
        foreach (var voxel in image.Voxels)
        {
            if (float.IsFinite(voxel))
            {
                finite++;
                low = Math.Min(low, voxel);
                high = Math.Max(high, voxel);
                air += voxel < Air ? 1 : 0;
                inWindow += voxel > range.Low && voxel < range.High ? 1 : 0;
                (lowest, highest) = voxel == 0 ? (lowest, highest) : (Math.Min(lowest, voxel), Math.Max(highest, voxel));
            }
        }

        var all = image.Voxels.LongLength;
        var warnings = new List<string>();
        if (finite < all)
        {
            warnings.Add($"{Count(all - finite)} of {Count(all)} voxels are NaN or infinite; they count as 0.");
            (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        }

        if (finite == 0 || !(high > low))
        {
            return new(finite == 0 ? $"there is nothing to see: all {Count(all)} voxels are NaN or infinite." : $"there is nothing to see: every voxel is " +
                $"{Number(low)}.", warnings);
        }

        if (IsTakenAsItIs(low, high, modality, origin))
        {
            return new(null, warnings);
        }

        if (modality == Modality.CT)
        {
            if (high <= range.Low || low >= range.High)
            {
                return new($"there is nothing to see: its values run from {Number(low)} to {Number(high)}, outside the window of {Number(range.Low)} to " +
                    $"{Number(range.High)} HU. {Remedy}", warnings);
            }

            OfCt(low, high, inWindow, range, warnings);
        }
        else if (!(highest > lowest))
        {
            return new($"there is nothing to see: every voxel is 0 or {Number(lowest)}, which scaling by percentiles takes for background and its limit; " +
                $"is it a mask?", warnings);
        }
        else if (modality is not (Modality.CT or Modality.Unknown) && air > MuchAir * finite)
        {
            warnings.Add($"{Share(air, finite)} of the voxels are below -200, as in CT, but the modality is {modality}; is that right?");
        }

        return new(null, warnings);
    }

    /// <summary>As <see cref="Intensity.IsScaled"/>, from the range of values.</summary>
    private static bool IsTakenAsItIs(float low, float high, Modality modality, IntensityOrigin origin) => origin switch
    {
        IntensityOrigin.Npz => low >= 0 && high <= 255,
        IntensityOrigin.EightBit => modality is Modality.CT or Modality.Ultrasound or Modality.Microscopy,
        _ => false,
    };

    private static void OfCt(float low, float high, long inWindow, CtWindow window, List<string> warnings)
    {
        var values = $"its values run from {Number(low)} to {Number(high)}";
        if (inWindow == 0)
        {
            warnings.Add($"no voxel lies within the window of {Number(window.Low)} to {Number(window.High)} HU ({values}). {Remedy}");
        }
        else if (high - low < FewUnits)
        {
            warnings.Add($"a CT has a range of hundreds of Hounsfield units, but {values}. {Remedy}");
        }
        else if (low >= Air)
        {
            var offset = low >= 0 && high > Offset ? $" It looks as if the usual offset of {Offset} had been left in." : "";
            warnings.Add($"a CT has air near -1000 HU, but {values}: is it in Hounsfield units?{offset} A scan that was cropped or clipped on purpose may " +
                $"ignore this.");
        }
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Share(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:F0} %");
}
