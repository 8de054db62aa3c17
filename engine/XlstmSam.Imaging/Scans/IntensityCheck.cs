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

    /// <param name="image">As read, with NaN and infinite voxels in it.</param>
    /// <param name="window">Of a CT; null takes the soft-tissue window.</param>
    public static IntensityCheck Of(Volume<float> image, Modality modality, IntensityOrigin origin, CtWindow? window)
    {
        var (finite, low, high, air, inWindow) = (0L, float.PositiveInfinity, float.NegativeInfinity, 0L, 0L);
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
            return new(finite == 0 ? $"there is nothing to see: all {Count(all)} voxels are NaN or infinite." : $"there is nothing to see: every voxel is {Number(low)}.", warnings);
        }

        if (modality == Modality.CT && origin == IntensityOrigin.Measured)
        {
            OfCt(low, high, inWindow, range, warnings);
        }
        else if (modality is not (Modality.CT or Modality.Unknown) && origin == IntensityOrigin.Measured && air > MuchAir * finite)
        {
            warnings.Add($"{Share(air, finite)} of the voxels are below -200, as in CT, but the modality is {modality}; is that right?");
        }

        return new(null, warnings);
    }

    private static void OfCt(float low, float high, long inWindow, CtWindow window, List<string> warnings)
    {
        var values = $"its values run from {Number(low)} to {Number(high)}";
        if (inWindow == 0)
        {
            warnings.Add($"no voxel lies within the window of {Number(window.Low)} to {Number(window.High)} HU ({values}): is it in Hounsfield units? Correct the rescale slope and intercept, or give another window or modality.");
        }
        else if (high - low < FewUnits)
        {
            warnings.Add($"a CT has a range of hundreds of Hounsfield units, but {values}: is it in Hounsfield units? Correct the rescale slope and intercept, or give another window or modality.");
        }
        else if (low >= Air)
        {
            var offset = low >= 0 && high > Offset ? $" It looks as if the usual offset of {Offset} had been left in." : "";
            warnings.Add($"a CT has air near -1000 HU, but {values}: is it in Hounsfield units?{offset} A scan that was cropped or clipped on purpose may ignore this.");
        }
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Share(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:F0} %");
}
