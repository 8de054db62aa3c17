using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// A scan as every use of a model sees it, in training, segmentation and evaluation alike: intensities in [0, 255] by modality, axes closest
/// to R, A, S.
/// </summary>
public sealed class PreparedScan
{
    private PreparedScan(Volume<float> image, AxisMap toRas) => (Image, ToRas) = (image, toRas);

    /// <summary>The image in RAS order.</summary>
    public Volume<float> Image { get; }

    /// <summary>From the file's axis order to RAS order.</summary>
    public AxisMap ToRas { get; }

    /// <summary>Prepares a scan as it was read.</summary>
    /// <param name="native">Intensities in the file's own units: HU for CT.</param>
    /// <param name="modality">How intensities are scaled.</param>
    /// <param name="origin">Whether the file holds measured values or values that were scaled to [0, 255] before.</param>
    /// <param name="window">The window of a CT in HU; null for the default.</param>
    public static PreparedScan Prepare(Volume<float> native, Modality modality, IntensityOrigin origin, CtWindow? window = null)
    {
        var toRas = Orientation.ToRas(native.Geometry);
        return new(toRas.Apply(Intensity.ToByteRange(native, modality, origin, window)), toRas);
    }

    /// <summary>A scan that was prepared before and kept.</summary>
    public static PreparedScan Restore(Volume<float> image, AxisMap toRas) => new(image, toRas);
}
