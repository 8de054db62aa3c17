using System.Text.Json;
using System.Text.Json.Serialization;

namespace XlstmSam.Benchmarks.Reports;

/// <summary>All rows of a comparison and the machine they were measured on.</summary>
public sealed record Report(string Machine, IReadOnlyList<Row> Rows)
{
    /// <summary>Writes snake-case JSON; the file appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, ReportJson.Default.Report));
}

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
