using System.Globalization;
using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>What the labels of a data set mean, as its dataset.json declares them.</summary>
/// <param name="Names">Of the objects: neither the background nor the ignore label is among them.</param>
/// <param name="Declared">All declared values, 0 and the ignore label too; empty where none is declared and every value is allowed.</param>
/// <param name="Ignore">The label of voxels about which nothing is known, or null.</param>
/// <param name="Warnings">One sentence each for declarations that are read in another way than they are meant.</param>
internal sealed record LabelTable(IReadOnlyDictionary<int, string> Names, IReadOnlySet<int> Declared, int? Ignore, IReadOnlyList<string> Warnings)
{
    private const string IgnoreName = "ignore";
    private const int Shown = 8;

    /// <summary>So many values that nobody declared are intensities, not labels.</summary>
    private const int MostUndeclared = 32;

    /// <summary>So many values are hardly labels, declared or not.</summary>
    private const int MostValues = 500;

    public static LabelTable Undeclared { get; } = new(new Dictionary<int, string>(), new HashSet<int>(), null, []);

    /// <summary>Decathlon: {"1": "liver"}. nnU-Net 2: {"liver": 1}, and regions as lists of labels: {"whole tumour": [1, 2, 3]}.</summary>
    /// <exception cref="InvalidDataException">An entry is none of these.</exception>
    public static LabelTable Of(JsonElement root, string path)
    {
        var (names, declared, regions) = (new Dictionary<int, string>(), new HashSet<int>(), new List<string>());
        foreach (var entry in DescriptionFile.Child(root, "labels", JsonValueKind.Object)?.EnumerateObject() ?? default)
        {
            if (entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var label))
            {
                names[label] = entry.Name;
            }
            else if (entry.Value.ValueKind == JsonValueKind.String)
            {
                var isNumber = int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out label);
                names[isNumber ? label : throw Wrong(entry, path)] = entry.Value.GetString()!;
            }
            else if (entry.Value.ValueKind == JsonValueKind.Array
                && entry.Value.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _)))
            {
                declared.UnionWith(entry.Value.EnumerateArray().Select(value => value.GetInt32()));
                regions.Add(entry.Name);
            }
            else
            {
                throw Wrong(entry, path);
            }
        }

        declared.UnionWith(names.Keys);
        if (declared.Count > 0)
        {
            declared.Add(0);
        }

        int? ignore = null;
        foreach (var (label, _) in names.Where(name => name.Key != 0 && name.Value.Equals(IgnoreName, StringComparison.OrdinalIgnoreCase)))
        {
            ignore = label;
        }

        names.Remove(0);
        names.Remove(ignore ?? 0);
        return new(
            names,
            declared,
            ignore,
            regions.Count == 0 ? [] : [$"the regions {string.Join(", ", regions)} are unions of labels; here every label is an object of its own."]);
    }

    /// <summary>The labels as they are learned and scored: voxels to be ignored are background. Values that are not declared are named, and many of them
    /// refused.</summary>
    /// <param name="subject">What the labels are, for messages.</param>
    /// <param name="warnings">Takes a sentence for each doubt.</param>
    /// <exception cref="InvalidDataException">The values cannot be labels of this data set.</exception>
    public Volume<int> Apply(Volume<int> labels, string subject, List<string> warnings)
    {
        var values = new SortedSet<int>(labels.Voxels);
        int[] undeclared = Declared.Count == 0 ? [] : [.. values.Where(value => !Declared.Contains(value))];
        if (undeclared.Length > MostUndeclared || values.Count > MostValues)
        {
            var known = Declared.Count == 0
                ? ""
                : $", {undeclared.Length} of them not declared ({List(undeclared)}); the data set declares {List([.. Declared.Order()])}";
            throw new InvalidDataException($"{subject}: {values.Count} different values{known}. Was an image given in the place of labels?");
        }

        if (undeclared.Length > 0)
        {
            warnings.Add($"{subject}: the values {List(undeclared)} are not declared as labels; they are taken as objects like the others.");
        }

        return Ignore is { } ignore && values.Contains(ignore)
            ? new(labels.Geometry, Array.ConvertAll(labels.Voxels, value => value == ignore ? 0 : value))
            : labels;
    }

    private static string List(IReadOnlyList<int> values) => string.Join(", ", values.Take(Shown)) + (values.Count > Shown ? ", ..." : "");

    private static InvalidDataException Wrong(JsonProperty entry, string path) =>
        new(
            $"'{path}': 'labels' has '{entry.Name}': {entry.Value}; expected a label number with its name, a name with its number, or a region with its " +
            "numbers.");
}
