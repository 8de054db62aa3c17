using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>NIfTI-1 and NIfTI-2, in one file or as .hdr with .img, compressed or not.</summary>
internal sealed class NiftiFormat : IScanFormat
{
    public string Name => "NIfTI";

    public IReadOnlyList<string> Extensions => [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"];

    public IReadOnlyList<string> MaskExtensions => [".nii", ".nii.gz"];

    /// <summary>Compressed files too: no other format of volumes is a bare gzip stream.</summary>
    public bool Recognises(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, ..]
        || (start.Length >= 348 && (start[344..348].SequenceEqual("n+1\0"u8) || start[344..348].SequenceEqual("ni1\0"u8)))
        || (start.Length >= 8 && start[4..7].SequenceEqual("n+2"u8));

    public long CountVoxels(string path) => NiftiReader.ReadCheckedSize(path).Count;

    public Scan Read(string path, ScanReading reading)
    {
        var image = NiftiReader.ReadImage(path, reading.Volume);
        var header = image.Header with { Rank = Math.Min(3, image.Header.Rank), VolumeCount = 1 };
        return new(path, image.Volume, Intensity.OriginOf(image.Header), header)
        {
            Warnings = [.. new[] { NiftiAffine.Disagreement(image.Header, path), Unit(image.Header, image.Volume.Geometry.Spacing, path) }.OfType<string>()],
        };
    }

    /// <summary>A sentence where lengths are in another unit than millimetres, which few files of this format are.</summary>
    private static string? Unit(NiftiHeader header, Vector3d spacing, string path) => header.MillimetresPerUnit == 1 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"'{path}' gives lengths in {(header.MillimetresPerUnit > 1 ? "metres" : "micrometres")}: a voxel is read as {spacing.X:0.######} x " +
        $"{spacing.Y:0.######} x {spacing.Z:0.######} mm.");

    public Volume<int> ReadLabels(string path, VolumeGeometry? image) => NiftiReader.ReadLabels(path).Volume;

    public void WriteMask(string path, Volume<byte> mask, ScanHeader? like) => NiftiWriter.Write(path, mask, like as NiftiHeader);
}
