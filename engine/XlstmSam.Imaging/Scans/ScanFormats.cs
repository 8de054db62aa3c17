namespace XlstmSam.Imaging;

/// <summary>The formats that scans, labels and masks may have. A further format is a line here.</summary>
public static class ScanFormats
{
    private const int StartBytes = 512;

    /// <summary>All formats, in the order in which they are asked.</summary>
    public static IReadOnlyList<IScanFormat> All { get; } =
    [
        new NiftiFormat(),
        new ChallengeFileFormat(),
    ];

    /// <summary>The endings of all formats, for a help text: ".nii, .nii.gz, ...".</summary>
    public static string Endings => string.Join(", ", All.SelectMany(format => format.Extensions));

    /// <summary>The endings that a mask can be written to.</summary>
    public static IReadOnlyList<string> MaskEndings => [.. All.SelectMany(format => format.MaskExtensions)];

    /// <summary>The format of a name, by its ending in any case of letters; null where no format has it.</summary>
    public static IScanFormat? OfName(string path) =>
        All.FirstOrDefault(format => format.Extensions.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The format of an existing file: by its ending, else by how it begins, else NIfTI, which then says what it lacks.</summary>
    /// <param name="what">What the file is, for messages: "Image", "--mask".</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a folder, a pipe or a device.</exception>
    public static IScanFormat Of(string path, string what)
    {
        ScanPath.RequireFile(path, what);
        return OfName(path) ?? ByContent(path) ?? All[0];
    }

    /// <summary>Reads an image of any format.</summary>
    /// <param name="what">What the file is, for messages.</param>
    public static Scan Read(string path, ScanReading? reading = null, string what = "Image") => Of(path, what).Read(path, reading ?? new());

    /// <summary>
    /// Reads labels of any format and brings them onto the image's grid where their voxels are the image's, in whatever order they are stored.
    /// </summary>
    /// <param name="what">What the file is, for messages.</param>
    /// <exception cref="InvalidDataException">The labels lie on another grid.</exception>
    public static Volume<int> ReadLabelsOn(string path, VolumeGeometry image, string what) =>
        GridAgreement.Align(Of(path, what).ReadLabels(path, image), image, $"{what} '{path}'");

    private static IScanFormat? ByContent(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[StartBytes];
        var read = file.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
        foreach (var format in All)
        {
            if (format.Recognises(start[..read]))
            {
                return format;
            }
        }

        return null;
    }
}
