using XlstmSam.Imaging;

namespace XlstmSam.Cli.Segmenting;

/// <summary>How the intensities of a scan are to be read, and why.</summary>
internal sealed record Acquisition(Modality Modality, CtWindow? Window, string Reason)
{
    /// <summary>
    /// --modality decides, else --window (which only CT has), else the manifest, else the name of an npz, else a NIfTI minimum below -200
    /// means CT; otherwise it stays unknown and percentiles scale.
    /// </summary>
    public static Acquisition Decide(ScanFile scan, string? modality, string? window, ManifestEntry? manifest)
    {
        var chosen = window is null ? manifest?.Window : CtWindow.Parse(window);
        var (known, reason) = Known(scan, modality, window, manifest);
        if (window is not null && known != Modality.CT)
        {
            throw new UsageException($"--window is for CT only; --modality says {known}.");
        }

        return new(known, known == Modality.CT ? chosen ?? CtWindow.SoftTissue : null, reason);
    }

    public override string ToString() => Modality switch
    {
        Modality.Unknown => $"Modality unknown ({Reason}): intensities are scaled by percentiles; --modality says otherwise.",
        Modality.CT => $"Modality CT ({Reason}), window {Units.Fixed(Window!.Value.Low, 0)} to {Units.Fixed(Window.Value.High, 0)} HU.",
        _ => $"Modality {Modality} ({Reason}).",
    };

    private static (Modality Modality, string Reason) Known(ScanFile scan, string? modality, string? window, ManifestEntry? manifest)
    {
        if (modality is not null)
        {
            return (ModalityNames.Parse(modality), "--modality");
        }

        if (window is not null)
        {
            return (Modality.CT, "--window");
        }

        if (manifest is { Modality: not Modality.Unknown })
        {
            return (manifest.Modality, "the manifest");
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
