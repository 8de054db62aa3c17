using System.Globalization;
using System.Text;
using System.Text.Json;

namespace XlstmSam.Training;

/// <summary>One line of the metrics: a training step or a validation; absent numbers are null.</summary>
public sealed record MetricsRow
{
    public required string Kind { get; init; }

    public required long Step { get; init; }

    public double? Loss { get; init; }

    public double? FirstDice { get; init; }

    public double? Dice { get; init; }

    public double? Drop { get; init; }

    public double? LearningRate { get; init; }

    public double? GradientNorm { get; init; }

    public double? Dsc { get; init; }

    public double? Nsd { get; init; }

    public double? Seconds { get; init; }
}

/// <summary>
/// metrics.csv and metrics.jsonl of a run. Each row is one whole appended line; opening for a resumed run cuts off a torn last line and all
/// rows after the step the run resumes from.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    public const string Validation = "validation";

    private const string Header = "kind,step,loss,firstDice,dice,drop,learningRate,gradientNorm,dsc,nsd,seconds";
    private readonly FileStream csv;
    private readonly FileStream json;

    private MetricsLog(FileStream csv, FileStream json) => (this.csv, this.json) = (csv, json);

    /// <param name="step">Rows of later steps are dropped.</param>
    /// <param name="validationDue">The validation of this very step is to come again: its row is dropped too.</param>
    public static MetricsLog Open(string folder, long step, bool validationDue = false)
    {
        var csvPath = Path.Combine(folder, "metrics.csv");
        var jsonPath = Path.Combine(folder, "metrics.jsonl");
        Keep(
            csvPath,
            line =>
                line == Header
                    || (line.Split(',') is { Length: 11 } cells && long.TryParse(cells[1], CultureInfo.InvariantCulture, out var s) && Stays(cells[0], s)),
            Header);
        Keep(jsonPath, line => Parse(line) is { } row && Stays(row.Kind, row.Step), null);
        return new(Append(csvPath), Append(jsonPath));

        bool Stays(string kind, long of) => of < step || (of == step && !(validationDue && kind == Validation));
    }

    public void Write(MetricsRow row)
    {
        double?[] numbers = [row.Loss, row.FirstDice, row.Dice, row.Drop, row.LearningRate, row.GradientNorm, row.Dsc, row.Nsd, row.Seconds];
        var values = string.Join(',', numbers.Select(n => n?.ToString("R", CultureInfo.InvariantCulture)));
        Line(csv, $"{row.Kind},{row.Step.ToString(CultureInfo.InvariantCulture)},{values}");
        Line(json, JsonSerializer.Serialize(row, TrainingJsonContext.Default.MetricsRow));
    }

    /// <summary>Brings what was written to the disk.</summary>
    public void Flush()
    {
        csv.Flush(flushToDisk: true);
        json.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        csv.Dispose();
        json.Dispose();
    }

    private static MetricsRow? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, TrainingJsonContext.Default.MetricsRow);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Keep(string path, Func<string, bool> wanted, string? header)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var kept = lines.Where(wanted).ToList();
        if (header is not null && !kept.Contains(header))
        {
            kept.Insert(0, header);
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => line + "\n")))));
    }

    private static FileStream Append(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private static void Line(FileStream stream, string line) => stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
}
