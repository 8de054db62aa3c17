namespace XlstmSam.Imaging;

/// <summary>
/// The one reader of modality words. Options, manifests, channel names of nnU-Net, the Decathlon and MONAI, and file names all go through it, so that
/// one word means the same wherever it stands.
/// </summary>
public static class ModalityNames
{
    private static readonly char[] Separators = [' ', '_', '-', ',', ';', '.', '/', '+', '(', ')', '[', ']', ':'];

    private static readonly Dictionary<string, Modality> Words = Table();

    /// <summary>
    /// The modality of a word or of the first known word of a phrase: "CT", "cta", "T1", "FLAIR", "US dummy", "US_dummy", "noNormalization CT".
    /// Null where no word is known; <see cref="Modality.Unknown"/> only where the text says so.
    /// </summary>
    public static Modality? Read(string? text)
    {
        foreach (var word in text?.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (Words.TryGetValue(word.ToLowerInvariant(), out var modality))
            {
                return modality;
            }
        }

        return null;
    }

    /// <exception cref="FormatException">No word of it is known.</exception>
    public static Modality Parse(string text) => Read(text)
        ?? throw new FormatException($"Modality '{text}' is not known; expected CT, MRI, PET, US, Microscopy or Unknown.");

    /// <summary>The modality that a file name begins with, as in CT_case.npz or MRI_001.npz; Unknown when it begins otherwise.</summary>
    public static Modality OfFile(string path)
    {
        var name = Path.GetFileName(path);
        var end = name.AsSpan().IndexOfAny('_', '-', '.');
        return end > 0 ? Read(name[..end]) ?? Modality.Unknown : Modality.Unknown;
    }

    private static Dictionary<string, Modality> Table()
    {
        var words = new Dictionary<string, Modality>(StringComparer.Ordinal);
        Add(Modality.CT, "ct", "cta", "cbct", "ncct", "cect", "ldct", "hrct", "ctpa", "ccta", "mdct");
        Add(
            Modality.MRI,
            "mr", "mri", "mra", "mrt", "mpmri", "bpmri", "cmr", "mrcp",
            "t1", "t1w", "t1wi", "t1n", "t1c", "t1ce", "t1gd", "t1post", "t1pre", "mprage", "spgr", "vibe",
            "t2", "t2w", "t2wi", "t2f", "t2star", "t2s", "flair", "stir", "ciss", "pd", "pdw",
            "adc", "dwi", "dti", "hbv", "swi", "qsm", "dce", "dsc", "pwi", "asl", "bold", "fmri", "tof", "lge", "cine", "bssfp", "dixon", "gre", "tse");
        Add(Modality.PET, "pt", "pet", "suv", "fdg", "psma");
        Add(Modality.Ultrasound, "us", "ultrasound", "sonography", "echo", "tus", "trus", "ivus", "abus", "abvs");
        Add(
            Modality.Microscopy,
            "microscopy", "micro", "microscope", "sm", "em", "sem", "tem", "fibsem", "sbfsem", "lightsheet", "confocal", "fluorescence", "histology");
        Add(Modality.Unknown, "unknown", "other");
        return words;

        void Add(Modality modality, params string[] names)
        {
            foreach (var name in names)
            {
                words.Add(name, modality);
            }
        }
    }
}
