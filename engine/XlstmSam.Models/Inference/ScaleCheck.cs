using System.Globalization;
using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>Whether a scan's size in millimetres fits the cells of a model's grid.</summary>
/// <param name="Refusal">One sentence where the model cannot see anything of the scan; null where it can.</param>
/// <param name="Warning">One sentence where it sees little; null otherwise.</param>
public sealed record ScaleCheck(string? Refusal, string? Warning)
{
    /// <summary>A scan of fewer cells has no shape that a network could tell.</summary>
    private const double LeastCells = 2;

    private const double FewCells = 8;

    /// <summary>Voxels of so many cells along their shortest side make every object a blot.</summary>
    private const double CoarseVoxels = 6;

    /// <summary>Compares the scan's extent and voxels, in millimetres, with the grid's cells and sides; with spacing 0 everything fits.</summary>
    public static ScaleCheck Of(VolumeGeometry scan, ModelConfig config)
    {
        if (config.Spacing == 0)
        {
            return new(null, null);
        }

        var (size, spacing) = (scan.Size, scan.Spacing);
        var across = Math.Max(size.X * spacing.X, Math.Max(size.Y * spacing.Y, size.Z * spacing.Z));
        var voxel = Math.Min(spacing.X, Math.Min(spacing.Y, spacing.Z));
        var side = config.Size.Max() * config.Spacing;
        var facts = $"the scan is {Length(across)} across with voxels of {Length(voxel)}, and the model's grid has cells of {Length(config.Spacing)} and " +
            $"sides of {Length(side)}";
        const string Remedy = "Check the voxel size and its unit in the file's header; for data of this scale train a model with spacing 0, which takes the " +
            "scan's own voxels.";
        return across < LeastCells * config.Spacing || voxel > side ? new($"{facts}: nothing in it can be told apart. {Remedy}", null)
            : across < FewCells * config.Spacing || voxel > CoarseVoxels * config.Spacing ? new(null, $"{facts}: the model sees little of it. {Remedy}")
            : new(null, null);
    }

    private static string Length(double millimetres) => millimetres switch
    {
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{1000 * millimetres:0.###} micrometres"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{millimetres:0.###} mm"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{millimetres / 1000:0.###} m"),
    };
}
