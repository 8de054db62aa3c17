namespace XlstmSam.Imaging;

/// <summary>A scan as it lies in its file, whatever the file's format.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Image">Voxels in the file's own axis order, with the affine to RAS millimetres. NaN and infinite voxels are still in it.</param>
/// <param name="Origin">Whether intensities may be scaled to [0, 255] already.</param>
/// <param name="Header">What a mask of the same format keeps of the file; null where the format keeps nothing.</param>
public sealed record Scan(string Path, Volume<float> Image, IntensityOrigin Origin, ScanHeader? Header)
{
    /// <summary>Prompts that the file itself holds, one entry per object; empty where it holds none.</summary>
    public IReadOnlyList<ScanPrompts> Prompts { get; init; } = [];

    /// <summary>One sentence each for what is doubtful about the file, such as two declared orientations that disagree.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
