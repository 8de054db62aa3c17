using System.Globalization;
using System.Text.Json;

namespace XlstmSam.Imaging;

/// <summary>
/// The channels of a dataset.json in every form that nnU-Net, the Decathlon and MONAI write: {"0": "CT"}, {"CT": 0}, ["CT"] or "CT", below "channel_names" or
/// "modality", in the order of their numbers or, without numbers, as written.
/// </summary>
public static class ChannelNames
{
    private static readonly string[] Keys = ["channel_names", "modality", "modalities"];

    /// <param name="root">The object of the dataset.json.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>One word per channel; empty where the file says nothing.</returns>
    /// <exception cref="InvalidDataException">The form is none of these.</exception>
    public static IReadOnlyList<string> Of(JsonElement root, string path)
    {
        foreach (var key in Keys)
        {
            if (root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                return [.. Words(value, $"'{path}': '{key}'")];
            }
        }

        return [];
    }

    private static IEnumerable<string> Words(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Words(item, where)),
        JsonValueKind.Object => value.EnumerateObject()
            .Select((entry, written) => Channel(entry, written, where)).OrderBy(channel => channel.Number).Select(channel => channel.Name),
        _ => throw new InvalidDataException($"{where} is {value}; expected a name, a list of names, or numbers with names such as {{\"0\": \"CT\"}}."),
    };

    private static (int Number, string Name) Channel(JsonProperty entry, int written, string where)
    {
        if (entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var number))
        {
            return (number, entry.Name);
        }

        return entry.Value.ValueKind != JsonValueKind.String ? throw new InvalidDataException($"{where} has '{entry.Name}': {entry.Value}; expected a " +
            $"channel's number with its name.")
            : int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out number) ? (number, entry.Value.GetString()!)
            : (written, entry.Value.GetString()!);
    }
}
