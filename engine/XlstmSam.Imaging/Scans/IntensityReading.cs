using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>How the intensities of a scan are read, and why.</summary>
/// <param name="Window">For CT only.</param>
/// <param name="Reason">What decided the modality.</param>
public sealed record IntensityReading(Modality Modality, CtWindow? Window, string Reason)
{
    /// <summary>A word that was given for the modality and is none; null where there is none.</summary>
    public string? UnknownWord { get; init; }

    /// <summary>
    /// The modality that the user names decides, else a window (which only CT has), else the scan's description, else the name of an npz, else air below
    /// -200 in a NIfTI means CT; otherwise it stays unknown and percentiles scale.
    /// </summary>
    /// <param name="modality">As the user named it; null where not.</param>
    /// <param name="window">As the user named it; null where not.</param>
    /// <exception cref="FormatException">The modality or the window is not known, or a window is asked for and the modality is not CT.</exception>
    public static IntensityReading Decide(Scan scan, string? modality, string? window, ScanDescription? description)
    {
        var chosen = window is null ? description?.Window : CtWindow.Parse(window);
        var (known, reason) = Known(scan, modality, window, description);
        if (window is not null && known != Modality.CT)
        {
            throw new FormatException($"--window is for CT only; --modality says {known}.");
        }

        return new(known, known == Modality.CT ? chosen ?? CtWindow.SoftTissue : null, reason)
        {
            UnknownWord = modality is null && description?.Modality is { } word && !string.IsNullOrWhiteSpace(word) && ModalityNames.Read(word) is null
                ? word : null,
        };
    }

    /// <summary>A sentence for the user: modality, reason and window.</summary>
    public override string ToString() => Modality switch
    {
        Modality.Unknown => $"Modality unknown ({Reason}): intensities are scaled by percentiles; --modality says otherwise.",
        Modality.CT => string.Create(CultureInfo.InvariantCulture, $"Modality CT ({Reason}), window {Window!.Value.Low:F0} to {Window.Value.High:F0} HU."),
        _ => $"Modality {Modality} ({Reason}).",
    };

    private static (Modality Modality, string Reason) Known(Scan scan, string? modality, string? window, ScanDescription? description)
    {
        if (modality is not null)
        {
            return (ModalityNames.Parse(modality), "--modality");
        }

        if (window is not null)
        {
            return (Modality.CT, "--window");
        }

        if (ModalityNames.Read(description?.Modality) is { } told and not Modality.Unknown)
        {
            return (told, description!.Source);
        }

        if (scan.Origin == IntensityOrigin.Npz)
        {
            var named = ModalityNames.OfFile(scan.Path);
            return (named, named == Modality.Unknown ? "the file name begins with none" : "the file name");
        }

        return Intensity.GuessModality(scan.Image) == Modality.CT
            ? (Modality.CT, "there are values below -200; --modality and --window say otherwise")
            : (Modality.Unknown, "nothing tells");
    }
}
