using System.Text;
using System.Text.Json;

namespace XlstmSam.Files;

/// <summary>
/// Parses and checks the JSON header of a safetensors file. Everything an attacker may write is refused: names twice, unknown types,
/// sizes that overflow, offsets outside the file, overlaps, holes, a header larger than the file.
/// </summary>
internal static class SafeTensorsHeader
{
    /// <summary>The limit of the reference implementation.</summary>
    public const long MaxBytes = 100_000_000;

    public static (IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(string path, byte[] json, long dataLength)
    {
        try
        {
            return Checked(path, json, dataLength);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException or FormatException or DecoderFallbackException)
        {
            throw Refuse(path, $"the header is not what the format asks for ({e.Message})");
        }
    }

    public static InvalidDataException Refuse(string path, string reason) =>
        new($"SafeTensors '{path}': {reason}. The file is damaged or not a safetensors file; fetch or save it again.");

    private static (IReadOnlyList<SafeTensorsEntry>, IReadOnlyDictionary<string, string>) Checked(string path, byte[] json, long dataLength)
    {
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw Refuse(path, "the header does not start with '{'");
        }

        using var document = JsonDocument.Parse(json, new() { MaxDepth = 8, AllowTrailingCommas = false });
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (!names.Add(member.Name))
            {
                throw Refuse(path, $"'{member.Name}' occurs twice");
            }

            if (member.Name == "__metadata__")
            {
                foreach (var pair in member.Value.EnumerateObject())
                {
                    if (!metadata.TryAdd(pair.Name, pair.Value.GetString() ?? throw Refuse(path, $"metadata '{pair.Name}' is not a string")))
                    {
                        throw Refuse(path, $"metadata '{pair.Name}' occurs twice");
                    }
                }

                continue;
            }

            entries.Add(Entry(path, member, dataLength));
        }

        RequireTiling(path, entries, dataLength);
        return (entries, metadata);
    }

    private static SafeTensorsEntry Entry(string path, JsonProperty member, long dataLength)
    {
        string? typeName = null;
        long[]? shape = null, offsets = null;
        foreach (var field in member.Value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when typeName is null:
                    typeName = field.Value.GetString();
                    break;
                case "shape" when shape is null:
                    shape = [.. field.Value.EnumerateArray().Select(e => e.GetInt64())];
                    break;
                case "data_offsets" when offsets is null:
                    offsets = [.. field.Value.EnumerateArray().Select(e => e.GetInt64())];
                    break;
                default:
                    throw Refuse(path, $"'{member.Name}' has an unexpected or repeated field '{field.Name}'");
            }
        }

        if (typeName is null || shape is null || offsets is not { Length: 2 })
        {
            throw Refuse(path, $"'{member.Name}' lacks dtype, shape or data_offsets");
        }

        if (!Enum.TryParse<SafeTensorsType>(typeName, ignoreCase: true, out var type) || !Enum.IsDefined(type) || typeName != TypeName(type))
        {
            throw Refuse(
                path, $"'{member.Name}' has the element type '{typeName}'; known are {string.Join(", ", Enum.GetValues<SafeTensorsType>().Select(TypeName))}");
        }

        if (shape.Length > 32 || shape.Any(size => size < 0))
        {
            throw Refuse(path, $"'{member.Name}' has the shape ({string.Join(", ", shape)})");
        }

        var (begin, end) = (offsets[0], offsets[1]);
        if (begin < 0 || end < begin || end > dataLength)
        {
            throw Refuse(path, $"'{member.Name}' lies at bytes [{begin}, {end}) of {dataLength}");
        }

        var entry = new SafeTensorsEntry(member.Name, type, shape, begin, end);
        var bytes = checked(entry.Length * SafeTensorsEntry.SizeOf(type));
        return bytes == end - begin ? entry
            : throw Refuse(path, $"'{member.Name}' ({string.Join(", ", shape)}) of {typeName} takes {bytes} bytes, the header gives it {end - begin}");
    }

    private static string TypeName(SafeTensorsType type) => type == SafeTensorsType.Bool ? "BOOL" : type.ToString();

    private static void RequireTiling(string path, List<SafeTensorsEntry> entries, long dataLength)
    {
        var at = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != at)
            {
                throw Refuse(path, $"'{entry.Name}' starts at byte {entry.Begin}, where {at} is expected: arrays overlap or leave a hole");
            }

            at = entry.End;
        }

        if (at != dataLength)
        {
            throw Refuse(path, $"the arrays end at byte {at}, the file at {dataLength}");
        }
    }
}
