using XlstmSam.Imaging;

namespace XlstmSam.Cli.Segmenting;

/// <summary>Masks on disk, in any format that masks can be written in.</summary>
internal static class MaskFile
{
    /// <summary>Refuses what is no place for a mask; the image and the mask it starts from least of all.</summary>
    /// <param name="guess">The mask it starts from, or null.</param>
    public static void CheckMaskPlace(string path, string option, string image, string? guess)
    {
        ScanPath.RequireWritable(path, option, ScanFormats.MaskEndings);
        ScanPath.RequireOther(path, option, image, "the image itself");
        ScanPath.RequireOther(path, option, guess, "the mask that is started from");
    }

    /// <param name="like">The scan that the mask lies on.</param>
    public static void Write(string path, Volume<byte> mask, Scan like) => ScanFormats.OfName(path)!.WriteMask(path, mask, like.Header);

    /// <summary>A mask to start from: every voxel that is not 0, on the image's grid.</summary>
    public static Volume<byte> Read(string path, VolumeGeometry image)
    {
        var labels = ScanFormats.ReadLabelsOn(path, image, "--mask");
        return new(image, Array.ConvertAll(labels.Voxels, label => (byte)(label != 0 ? 1 : 0)));
    }
}
