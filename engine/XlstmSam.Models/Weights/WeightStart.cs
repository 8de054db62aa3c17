using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>What of a weight file fitted a model that starts from it.</summary>
/// <param name="Loaded">Names of parameters that were taken.</param>
/// <param name="Missing">Names of the model's parameters that the file does not have; they stay as initialised.</param>
/// <param name="Mismatched">Parameters of another shape, with both shapes; they stay as initialised.</param>
/// <param name="Unused">Names in the file that the model does not have.</param>
public sealed record WeightStart(IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Mismatched, IReadOnlyList<string> Unused)
{
    private const int Shown = 4;

    /// <summary>Fills whatever fits of an initialised model from a weight file.</summary>
    /// <exception cref="InvalidDataException">Nothing fits, or a value is not finite.</exception>
    public static WeightStart From(string path, IPromptModel model)
    {
        using var file = SafeTensorsFile.Open(path);
        var (loaded, missing, mismatched) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var parameter in model.Parameters.All)
        {
            if (file.Find(parameter.Name) is not { } entry)
            {
                missing.Add(parameter.Name);
            }
            else if (!entry.Shape.SequenceEqual(Array.ConvertAll(parameter.PublishedShape.ToArray(), size => (long)size)))
            {
                mismatched.Add($"{parameter.Name} ({string.Join(", ", entry.Shape)} in the file, {parameter.PublishedShape} here)");
            }
            else
            {
                var values = file.ReadFloats(parameter.Name);
                if (!Array.TrueForAll(values, float.IsFinite))
                {
                    throw new InvalidDataException(
                        $"WeightFile '{path}': '{parameter.Name}' holds values that are not finite numbers; start from another file.");
                }

                ParameterStore.Write(model.Backend, parameter, values);
                loaded.Add(parameter.Name);
            }
        }

        if (loaded.Count == 0)
        {
            throw new InvalidDataException(
                $"WeightFile '{path}': none of its {file.Entries.Count()} arrays fits the model '{model.Config.Name}'; start from weights of the same family.");
        }

        model.Reload();
        return new(loaded, missing, mismatched, [.. file.Entries.Select(e => e.Name).Where(name => model.Parameters.Find(name) is null)]);
    }

    /// <summary>The report, a line for each kind.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Started from weights: {Loaded.Count} of {Loaded.Count + Missing.Count + Mismatched.Count} arrays fitted.";
        (string, IReadOnlyList<string>)[] rest =
        [
            ("not in the file, so initialised at random", Missing), ("of another shape, so initialised at random", Mismatched),
            ("in the file and not used", Unused),
        ];
        foreach (var (what, names) in rest)
        {
            if (names.Count > 0)
            {
                yield return $"  {names.Count} {what}: {string.Join("; ", names.Take(Shown))}{(names.Count > Shown ? "; ..." : "")}";
            }
        }
    }
}
