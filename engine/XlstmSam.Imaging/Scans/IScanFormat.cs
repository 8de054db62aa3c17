namespace XlstmSam.Imaging;

/// <summary>
/// A file format of scans, labels and masks. A format is one folder and one line in <see cref="ScanFormats"/>: verbs and data sets know formats
/// through this interface only. Every method throws an <see cref="InvalidDataException"/> with one sentence for a file that is not what it should be.
/// </summary>
public interface IScanFormat
{
    /// <summary>Its name in messages.</summary>
    string Name { get; }

    /// <summary>The endings of its files, in lower case and with the dot; the case of a file's own ending does not matter.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>The endings that a mask can be written to; empty where masks cannot be written.</summary>
    IReadOnlyList<string> MaskExtensions { get; }

    /// <summary>Whether a file of another ending begins like one of this format.</summary>
    /// <param name="start">The first bytes of the file, at most 512.</param>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>The number of voxels of one volume, once it is sure that the file can hold them; no voxel is read.</summary>
    long CountVoxels(string path);

    /// <summary>Reads the image.</summary>
    Scan Read(string path, ScanReading reading);

    /// <summary>Reads a volume of whole numbers, such as labels or a mask.</summary>
    /// <param name="image">The grid of the image they belong to, for formats whose label files say nothing of space; null where there is none.</param>
    Volume<int> ReadLabels(string path, VolumeGeometry? image);

    /// <summary>Writes a mask, whole or not at all.</summary>
    /// <param name="like">The header of the scan that the mask lies on, of whatever format; null where there is none.</param>
    void WriteMask(string path, Volume<byte> mask, ScanHeader? like);
}
