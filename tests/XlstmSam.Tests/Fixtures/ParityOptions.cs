using System.Text.Json;
using XlstmSam.Kernels;

namespace XlstmSam.Tests.Fixtures;

/// <summary>The options of a fixture, with defaults where one is not given.</summary>
internal readonly record struct ParityOptions(JsonElement Element)
{
    public ParityOptions this[string name] => TryGet(name) is { } inner ? new(inner) : default;

    public int Integer(string name, int otherwise) => TryGet(name)?.GetInt32() ?? otherwise;

    public double Number(string name, double otherwise) => TryGet(name)?.GetDouble() ?? otherwise;

    public bool Flag(string name, bool otherwise) => TryGet(name)?.GetBoolean() ?? otherwise;

    public double[] Numbers(string name, double[] otherwise) =>
        TryGet(name) is { } list ? [.. list.EnumerateArray().Select(e => e.GetDouble())] : otherwise;

    /// <summary>Three sizes, written as a list or as one number.</summary>
    public Extent3? Extent(string name) => TryGet(name) is { } value ? Extent(value) : null;

    /// <summary>A list of such sizes.</summary>
    public Extent3[]? Extents(string name) => TryGet(name) is { } list ? [.. list.EnumerateArray().Select(Extent)] : null;

    public ScanDirection Direction() => TryGet("direction")?.GetString()?.ToLowerInvariant() switch
    {
        null or "fwd" or "forward" => ScanDirection.Forward,
        "rev" or "reverse" or "bwd" or "backward" => ScanDirection.Reverse,
        "both" => ScanDirection.Both,
        var other => throw new InvalidDataException($"unknown direction '{other}'"),
    };

    private static Extent3 Extent(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? new(value[0].GetInt32(), value[1].GetInt32(), value[2].GetInt32())
        : Extent3.Cube(value.GetInt32());

    private JsonElement? TryGet(string name) =>
        Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
