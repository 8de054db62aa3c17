using System.Text.Json;

namespace XlstmSam.Tests.Fixtures;

/// <summary>One stored computation: inputs, parameters, outputs, cotangents and gradients in published (PyTorch) order, and its options.</summary>
internal sealed class ParityFile : IDisposable
{
    private readonly SafeTensorsFile file;
    private readonly JsonDocument config;

    public ParityFile(string path)
    {
        file = SafeTensorsFile.Open(path);
        config = JsonDocument.Parse(file.Metadata.GetValueOrDefault("config") is { Length: > 0 } json ? json : "{}");
        var noGradient = file.Metadata.GetValueOrDefault("no_grad") is { Length: > 0 } list ? list : "[]";
        NoGradient = JsonSerializer.Deserialize<HashSet<string>>(noGradient)!;
    }

    public ParityOptions Options => new(config.RootElement);

    /// <summary>The parameters that must receive no gradient.</summary>
    public IReadOnlySet<string> NoGradient { get; }

    public bool Has(string name) => file.Contains(name);

    /// <summary>The arrays below a prefix, without it.</summary>
    public IEnumerable<string> Below(string prefix) =>
        file.Entries.Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(e => e.Name[prefix.Length..]);

    public bool HasBelow(string prefix) => Below(prefix).Any();

    /// <summary>How many of prefix0, prefix1, ... there are, each an array or the start of a name.</summary>
    public int CountBelow(string prefix)
    {
        var count = 0;
        while (Has($"{prefix}{count}") || HasBelow($"{prefix}{count}."))
        {
            count++;
        }

        return count;
    }

    public int[] Shape(string name) => Array.ConvertAll(
        (file.Find(name) ?? throw new InvalidDataException($"the fixture has no '{name}'")).Shape, size => checked((int)size));

    public double[] Doubles(string name) => file.ReadDoubles(name);

    public float[] Floats(string name) => file.ReadFloats(name);

    public int[] Integers(string name) => Array.ConvertAll(file.ReadDoubles(name), value => (int)value);

    public byte[] Labels(string name) =>
        Array.ConvertAll(
            file.ReadDoubles(name), value => value is 0 or 1 ? (byte)value : throw new InvalidDataException($"'{name}' holds {value}; expected 0 or 1"));

    public void Dispose()
    {
        file.Dispose();
        config.Dispose();
    }
}
