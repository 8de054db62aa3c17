namespace XlstmSam.Imaging;

/// <summary>The files that make up one NIfTI image: one .nii, or a .hdr and an .img, each possibly with .gz.</summary>
internal static class NiftiPaths
{
    public static bool IsPair(string path) => Stem(path) is not null;

    /// <summary>The file with the header.</summary>
    public static string HeaderOf(string path) => Stem(path) is { } stem ? Existing(stem, ".hdr") : path;

    /// <summary>The file with the voxels of a pair, or null for a single file.</summary>
    public static string? ImageOf(string path) => Stem(path) is { } stem ? Existing(stem, ".img") : null;

    public static (string Header, string Image) ForWriting(string path)
    {
        var stem = Stem(path) ?? path;
        var suffix = IsCompressed(path) ? ".gz" : "";
        return (stem + ".hdr" + suffix, stem + ".img" + suffix);
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string? Stem(string path)
    {
        var name = IsCompressed(path) ? path[..^3] : path;
        return name.EndsWith(".hdr", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".img", StringComparison.OrdinalIgnoreCase)
            ? name[..^4]
            : null;
    }

    private static string Existing(string stem, string extension) =>
        File.Exists(stem + extension) || !File.Exists(stem + extension + ".gz") ? stem + extension : stem + extension + ".gz";
}
