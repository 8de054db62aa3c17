namespace XlstmSam.Models;

/// <summary>Where weights come from, for the metadata of weights that were trained on from them.</summary>
public static class WeightOrigin
{
    /// <summary>One line with the file's name, its licence and its data, as far as it tells.</summary>
    public static string Of(string path)
    {
        using var file = SafeTensorsFile.Open(path);
        return $"'{Path.GetFileName(path)}', licence {file.Metadata.GetValueOrDefault("licence", "not said")}, trained on " +
            $"{file.Metadata.GetValueOrDefault("data", "unknown data")}";
    }
}
