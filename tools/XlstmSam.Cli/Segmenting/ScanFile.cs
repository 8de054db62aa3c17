using XlstmSam.Imaging;

namespace XlstmSam.Cli.Segmenting;

/// <summary>An image to segment, as it lies in its file.</summary>
/// <param name="Header">The NIfTI header that the mask is written with; null for an npz.</param>
internal sealed record ScanFile(string Path, Volume<float> Image, NiftiHeader? Header, IntensityOrigin Origin)
{
    private const double Agreement = 1e-3;

    public static bool IsNpz(string path) => path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Voxels of the image, from its header. A file that cannot hold them is refused.</summary>
    public static long CountVoxels(string path)
    {
        if (!IsNpz(path))
        {
            return NiftiReader.ReadCheckedSize(Existing(path)).Count;
        }

        using var archive = NpzArchive.Open(Existing(path));
        return archive.CountElements("imgs");
    }

    /// <param name="volume">Which volume of a NIfTI that holds several.</param>
    /// <param name="order">Of an npz's spacing, where no manifest tells; null takes array order and warns where that looks wrong.</param>
    public static ScanFile Open(string path, int? volume, SpacingOrder? order, ManifestEntry? manifest, Terminal terminal)
    {
        if (!IsNpz(path))
        {
            var image = NiftiReader.ReadImage(Existing(path), volume);
            return new(path, image.Volume, image.Header with { Rank = Math.Min(3, image.Header.Rank), VolumeCount = 1 }, Intensity.OriginOf(image.Header));
        }

        var npz = ChallengeCase.Read(Existing(path));
        var told = manifest?.Spacing is { } spacing ? OrderOf(npz.Spacing, spacing) : null;
        if ((told ?? order) is null && npz.SpacingLooksReversed())
        {
            terminal.Warn($"the spacing of '{path}' looks like (x, y, z) but is read as (z, y, x); give --spacing-order xyz if so.");
        }

        return new(path, npz.Image(told ?? order ?? SpacingOrder.Array), null, IntensityOrigin.Npz);
    }

    // The stored numbers are in whichever order agrees with the manifest's x, y, z.
    private static SpacingOrder? OrderOf(IReadOnlyList<double> stored, double[] expected) =>
        Agree(stored, expected) ? SpacingOrder.Xyz : Agree([.. stored.Reverse()], expected) ? SpacingOrder.Array : null;

    private static bool Agree(IReadOnlyList<double> stored, double[] expected) => Enumerable.Range(0, 3).All(axis => Math.Abs(stored[axis] - expected[axis]) <= Agreement * expected[axis]);

    private static string Existing(string path) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"Image '{path}': there is no such file.", path);
}
