namespace XlstmSam.Imaging;

/// <summary>Names of modalities as people and file names write them.</summary>
public static class ModalityNames
{
    /// <summary>"CT", "mri", "mr", "pet", "US", "ultrasound", "Microscopy", ...; null for anything else.</summary>
    public static Modality? TryParse(string name) => name.Trim().ToLowerInvariant() switch
    {
        "ct" or "cbct" => Modality.CT,
        "mr" or "mri" => Modality.MRI,
        "pt" or "pet" => Modality.PET,
        "us" or "ultrasound" => Modality.Ultrasound,
        "microscopy" or "micro" or "sm" or "em" => Modality.Microscopy,
        "unknown" or "other" => Modality.Unknown,
        _ => null,
    };

    public static Modality Parse(string name) => TryParse(name)
        ?? throw new FormatException($"Modality '{name}' is not known; expected CT, MRI, PET, US, Microscopy or Unknown.");

    /// <summary>The modality that a file name begins with, as in CT_case.npz or MRI_001.npz; Unknown when it begins otherwise.</summary>
    public static Modality OfFile(string path)
    {
        var name = Path.GetFileName(path);
        var end = name.AsSpan().IndexOfAny('_', '-', '.');
        return end > 0 ? TryParse(name[..end]) ?? Modality.Unknown : Modality.Unknown;
    }
}
