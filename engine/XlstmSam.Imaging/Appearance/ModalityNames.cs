namespace XlstmSam.Imaging;

/// <summary>
/// The one reader of modality words. Options, manifests, channel names of nnU-Net, the Decathlon and MONAI, and file names all go through it, so that
/// one word means the same wherever it stands.
/// </summary>
public static class ModalityNames
{
    private static readonly char[] Separators = [.. " \t_-,;./\\|+&()[]{}:=\"'"];

    /// <summary>Words that turn the next one into what the image is not, as in "non-CT".</summary>
    private static readonly string[] Negations = ["non", "not", "no"];

    /// <summary>An echo is ultrasound when it stands alone; after one of these it belongs to an MR sequence.</summary>
    private static readonly string[] EchoesOfMr = ["gradient", "spin", "multi", "dual", "fast", "turbo", "field", "first", "second"];

    private static readonly char[] Digits = [.. "0123456789"];

    private static readonly HashSet<string> FilePrefixes = new(StringComparer.OrdinalIgnoreCase)
    {
        "CT", "CBCT", "MR", "MRI", "PT", "PET", "US", "Ultrasound", "Microscopy", "Micro", "SM", "EM",
    };

    private static readonly Dictionary<string, Modality> Words = Table();

    /// <summary>
    /// The modality of a word or of the first known word of a phrase: "CT", "cta", "T1", "FLAIR", "US dummy", "US_dummy", "CT (portal venous)". A number behind
    /// a word does not change it ("ct1"), "micro" before another modality belongs to that ("micro-CT"), and "non-CT" is none.
    /// Null where no word is known; <see cref="Modality.Unknown"/> only where the text says so.
    /// </summary>
    public static Modality? Read(string? text)
    {
        var words = (text ?? "").ToLowerInvariant().Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var before = i == 0 ? "" : words[i - 1];
            if (Word(words[i]) is not { } modality || Negations.Contains(before))
            {
                continue;
            }

            var next = words[i] == "micro" && i + 1 < words.Length ? Word(words[i + 1]) : null;
            return next ?? (words[i] == "echo" && EchoesOfMr.Contains(before) ? Modality.MRI : modality);
        }

        return null;
    }

    private static Modality? Word(string word) =>
        Words.TryGetValue(word, out var modality) || Words.TryGetValue(word.TrimEnd(Digits), out modality) ? modality : null;

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

    /// <summary>Whether a case's name begins with a modality as files of the challenge do; other words of a modality are no such beginning.</summary>
    public static bool IsFilePrefix(string word) => FilePrefixes.Contains(word);

    private static Dictionary<string, Modality> Table()
    {
        var words = new Dictionary<string, Modality>(StringComparer.Ordinal);
        Add(Modality.CT, "ct", "cta", "cbct", "ncct", "cect", "ldct", "hrct", "ctpa", "ccta", "mdct", "msct", "ctp", "computed", "microct", "uct");
        Add(
            Modality.MRI,
            "mr", "mri", "mra", "mrv", "mrt", "mpmri", "bpmri", "dmri", "smri", "rsfmri", "cmr", "mrcp", "mrs", "magnetic", "nmr",
            "t1", "t1w", "t1wi", "t1n", "t1c", "t1ce", "t1gd", "t1post", "t1pre", "t1km", "t1fs", "t1map", "t1rho", "mprage", "spgr", "vibe",
            "t2", "t2w", "t2wi", "t2f", "t2star", "t2s", "t2fs", "t2map", "t2flair", "flair", "stir", "ciss", "pd", "pdw",
            "adc", "dwi", "dti", "hbv", "swi", "qsm", "dce", "dsc", "pwi", "asl", "bold", "fmri", "tof", "lge", "cine",
            "bssfp", "trufi", "haste", "dixon", "gre", "tse", "fse", "swan", "mp2rage", "dess");
        Add(Modality.PET, "pt", "pet", "suv", "suvbw", "fdg", "psma", "dotatate", "spect", "positron", "emission");
        Add(
            Modality.Ultrasound,
            "us", "ultrasound", "ultrasonography", "sonography", "sonogram", "usg", "echo", "echocardiography", "echocardiogram", "doppler",
            "ceus", "bmode", "tte", "tee", "tus", "trus", "ivus", "abus", "abvs");
        Add(
            Modality.Microscopy,
            "microscopy", "micro", "microscope", "sm", "em", "sem", "tem", "fibsem", "sbfsem", "lightsheet", "sheet", "confocal", "fluorescence",
            "histology", "histopathology", "brightfield", "widefield", "lsfm", "spim", "electron", "cryoet", "sbem", "wsi", "dapi", "gfp");
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
