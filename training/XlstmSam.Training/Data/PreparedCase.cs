using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;
using XlstmSam.Models;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>A case ready for training: the scan as every model sees it and its labels, both in RAS order.</summary>
public sealed class PreparedCase
{
    private readonly LabelRegions? regions;

    public PreparedCase(string id, PreparedScan scan, Volume<ushort>? labels, IReadOnlyDictionary<int, string> names)
    {
        (Id, Scan, Labels, Names) = (id, scan, labels, names);
        regions = labels is null ? null : new(labels.Voxels, labels.Size);
        Foreground = regions is null ? [] : [.. regions.Labels.Where(label => label != 0)];
    }

    public string Id { get; }

    public PreparedScan Scan { get; }

    /// <summary>In RAS order, or null.</summary>
    public Volume<ushort>? Labels { get; }

    public IReadOnlyDictionary<int, string> Names { get; }

    /// <summary>The labels that occur, ascending, without 0.</summary>
    public IReadOnlyList<ushort> Foreground { get; }

    /// <summary>One sentence each for what is doubtful about the case's files or intensities.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The memory its voxels take.</summary>
    public long Bytes => (Scan.Image.Voxels.LongLength * sizeof(float)) + (Labels?.Voxels.LongLength * sizeof(ushort) ?? 0);

    /// <exception cref="InvalidDataException">There is nothing to see in the image, or a label is out of range.</exception>
    public static PreparedCase Of(LoadedCase loaded)
    {
        var warnings = loaded.CheckIntensities();
        var scan = loaded.Prepare();
        var labels = loaded.SmallLabels();
        return new(loaded.Id, scan, labels is null ? null : scan.ToRas.Apply(labels), loaded.Names) { Warnings = warnings };
    }

    /// <summary>The tight box around a label in RAS voxels; both ends belong to it.</summary>
    public VoxelBounds Box(ushort label) => regions?.Box(label) ?? VoxelBounds.Empty;
}
