namespace XlstmSam.Models;

/// <summary>What a model configuration must satisfy before anything is built from it.</summary>
public static class ModelRules
{
    private const int LargestSide = 1024;

    /// <summary>512 cells along each side: what may be asked for before anybody asks whether it fits.</summary>
    private const long MostCells = 1L << 27;

    /// <summary>Returns the configuration, or says what is wrong with it.</summary>
    /// <param name="where">Where it came from, for the message.</param>
    /// <exception cref="InvalidDataException">No model can be built from it.</exception>
    public static ModelConfig Checked(ModelConfig config, string where)
    {
        var fault = Faults(config).Concat(config.Faults()).FirstOrDefault();
        return fault is null ? config : throw new InvalidDataException($"Model configuration in {where}: {fault}.");
    }

    /// <summary>Scans have one value per voxel; a model that takes more can be planned, but neither trained nor asked yet.</summary>
    /// <exception cref="InvalidDataException">The model takes another number of channels than scans have.</exception>
    public static void RequireScanInput(ModelConfig config)
    {
        if (config.Input.Channels != 1)
        {
            throw new InvalidDataException($"The model '{config.Name}' takes {config.Input.Channels} values per cell; a scan has 1. Set inputChannels to 1.");
        }
    }

    private static IEnumerable<string> Faults(ModelConfig config)
    {
        if (!Enum.IsDefined(config.Roi) || !Enum.IsDefined(config.Clicks))
        {
            yield return "roi and clicks must be one of their choices, by name";
        }

        if (config.Size.Length != 3 || config.Size.Any(side => side is < 1 or > LargestSide))
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected three sides from 1 to {LargestSide}";
        }
        else if (config.Size.Aggregate(1L, (product, side) => product * side) > MostCells)
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected at most {MostCells} cells";
        }

        if (!double.IsFinite(config.Spacing) || config.Spacing < 0)
        {
            yield return $"spacing is {config.Spacing}; expected millimetres, or 0 for the scan's own";
        }
    }
}
