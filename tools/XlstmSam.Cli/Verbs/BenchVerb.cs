using System.CommandLine;
using System.Text.Json;
using XlstmSam.Cli.Benchmarking;
using XlstmSam.Cli.Devices;
using XlstmSam.Cli.Text;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Verbs;

/// <summary>bench: how fast this device is at the ops of a model, at encoding, at a click and at a training step.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Option<string> preset = new("--preset") { Description = $"The model: {string.Join(", ", Presets.Names)}.", HelpName = "NAME", DefaultValueFactory = _ => "tiny" };
    private readonly Option<string?> filter = new("--filter") { Description = "Only rows whose name, shape or pass contains this.", HelpName = "TEXT" };
    private readonly Option<string?> json = new("--json") { Description = "Also write the rows as JSON.", HelpName = "FILE" };

    public BenchVerb()
        : base(
            "bench",
            "Times the main ops of a model, its encoder, one click and a training step: medians, operations and least bytes moved per second.",
            "xsam-engine bench",
            "xsam-engine bench --preset paper --filter conv --threads 1",
            "xsam-engine bench --filter \"training step\" --json rows.json")
    {
        Add(preset);
        Add(filter);
        Add(json);
    }

    public override int Run(VerbContext context)
    {
        var (config, wanted) = (TrainingPresets.Get(context.Get(preset)!), context.Get(filter) ?? "");
        using var device = context.OpenDevice();
        var chosen = new OpBenchmarks(config.Model, device.Backend).All()
            .Concat(new ModelBenchmarks(config, device, context.RoomOn(device)).All())
            .Where(benchmark => benchmark.ToString().Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        if (chosen.Length == 0)
        {
            throw new UsageException($"--filter '{wanted}' matches no row; xsam-engine bench without it shows them all.");
        }

        context.Terminal.Print($"{device.Report.Summary}, {device.Precision}");
        var rows = new List<BenchRow>();
        foreach (var benchmark in chosen)
        {
            using var workload = benchmark.Open();
            var (milliseconds, shortest, runs) = workload.Time(context.Cancel);
            rows.Add(new(benchmark, milliseconds, shortest, runs, workload.Flops, workload.Bytes));
            context.Detail($"{benchmark}: {Units.Fixed(milliseconds, 3)} ms, {runs} runs");
        }

        Print(context.Terminal, rows);
        if (context.Get(json) is { } path)
        {
            JsonOutput.Save(path, writer => Write(writer, device, context.Get(preset)!, rows));
        }

        return ExitCode.Ok;
    }

    private static void Print(Terminal terminal, List<BenchRow> rows)
    {
        var table = new Table("work", "shape", "pass", "ms", "Gflop/s", "GB/s");
        foreach (var row in rows)
        {
            table.Add(row.Benchmark.Name, row.Benchmark.Shape, row.Benchmark.Pass, Units.Fixed(row.Milliseconds, 3), Units.Fixed(row.GigaflopsPerSecond, 1), Units.Fixed(row.GigabytesPerSecond, 1));
        }

        terminal.Print(table);
    }

    private static void Write(Utf8JsonWriter writer, Device device, string preset, List<BenchRow> rows)
    {
        writer.WriteStartObject("device");
        device.Report.Write(writer);
        writer.WriteEndObject();
        writer.WriteString("precision", device.Precision);
        writer.WriteString("preset", preset);
        writer.WriteStartArray("rows");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", row.Benchmark.Name);
            writer.WriteString("shape", row.Benchmark.Shape);
            writer.WriteString("pass", row.Benchmark.Pass);
            writer.WriteNumber("medianMs", row.Milliseconds);
            writer.WriteNumber("shortestMs", row.Shortest);
            writer.WriteNumber("runs", row.Runs);
            writer.WriteNumber("flops", row.Flops);
            writer.WriteNumber("bytes", row.Bytes);
            writer.WriteNumber("gflopPerSecond", row.GigaflopsPerSecond);
            writer.WriteNumber("gigabytesPerSecond", row.GigabytesPerSecond);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private readonly record struct BenchRow(Benchmark Benchmark, double Milliseconds, double Shortest, int Runs, long Flops, long Bytes)
    {
        public double GigaflopsPerSecond => Flops / (1e6 * Milliseconds);

        public double GigabytesPerSecond => Bytes / (1e6 * Milliseconds);
    }
}
