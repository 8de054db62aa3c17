using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using XlstmSam.Cli.Benchmarking;
using XlstmSam.Cli.Text;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Verbs;

/// <summary>bench: how fast this device is at the ops of a model, at encoding, at a click and at a training step.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Option<string?> preset = new("--preset")
    {
        Description = $"The model: {string.Join(", ", Presets.Names)}; tiny by default.",
        HelpName = "NAME",
    };
    private readonly Option<string?> config = new("--config") { Description = "A training configuration instead of a preset.", HelpName = "FILE" };
    private readonly Option<string?> batch = new("--batch")
    {
        Description = "Images of the training steps; by default the preset's, on a card 1, 2, 4 and more while they fit.",
        HelpName = "N,N,...",
    };
    private readonly Option<string?> filter = new("--filter") { Description = "Only rows whose name, shape or pass contains this.", HelpName = "TEXT" };
    private readonly Option<double> seconds = new("--seconds")
    {
        Description = "How long each row is measured, and before that warmed up; three runs at least.",
        HelpName = "S",
        DefaultValueFactory = _ => 0.5,
    };
    private readonly Option<string?> peer = new("--peer")
    {
        Description = "Times encoder, click and a training step of fixed clicks only, and leaves weights for benchmarks/peers/torch_cuda.py in this folder.",
        HelpName = "DIR",
    };
    private readonly Option<string?> json = new("--json") { Description = "Also write the rows as JSON.", HelpName = "FILE" };

    public BenchVerb()
        : base(
            "bench",
            "Times the main ops of a model, its encoder, one click and training steps: medians, operations and least bytes moved per second, beside what " +
            "the device reaches at plain copies and products.",
            "xsam-engine bench",
            "xsam-engine bench --preset paper --filter conv --threads 1",
            "xsam-engine bench --preset paper --device cuda --precision tf32 --batch 1,2,4",
            "xsam-engine bench --filter \"training step\" --json rows.json")
    {
        foreach (var option in (Option[])[preset, config, batch, filter, seconds, peer, json])
        {
            Add(option);
        }
    }

    public override int Run(VerbContext context)
    {
        var (run, wanted, batches) = (Config(context), context.Get(filter) ?? "", Batches(context.Get(batch)));
        using var device = context.OpenDevice();
        var room = context.RoomOn(device);
        var fixedStep = context.Get(peer) is { } folder ? new PeerStep(run, device, room, folder) : null;
        var chosen = (fixedStep is null
                ? new OpBenchmarks(run.Model, device.Backend).All().Concat(new ModelBenchmarks(run, device, batches, room).All())
                : new ModelBenchmarks(run, device, [], room).All().Append(fixedStep.Benchmark))
            .Where(benchmark => benchmark.ToString().Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        if (chosen.Length == 0)
        {
            throw new UsageException($"--filter '{wanted}' matches no row; xsam-engine bench without it shows them all.");
        }

        context.Terminal.Print($"{device.Report.Summary}, {device.Precision}");
        var peaks = DevicePeaks.Of(device, room.Bytes, context.Cancel);
        context.Terminal.Print(
            $"Copies reach {Units.Fixed(peaks.GigabytesPerSecond, 1)} GB/s, products {Units.Fixed(peaks.GigaflopsPerSecond, 1)} Gflop/s: the percentages " +
            "are of these.");
        var rows = new List<BenchRow>();
        foreach (var benchmark in chosen)
        {
            using var workload = benchmark.Open();
            var (milliseconds, shortest, runs) = workload.Time(device, context.Get(seconds), context.Cancel);
            rows.Add(new(benchmark, milliseconds, shortest, runs, workload.Flops, workload.Bytes, device.PeakBytes));
            context.Detail($"{benchmark}: {Units.Fixed(milliseconds, 3)} ms, {runs} runs");
        }

        Print(context.Terminal, peaks, rows);
        double[] losses = fixedStep?.Losses ?? [];
        if (losses.Length > 0)
        {
            context.Terminal.Print($"loss of steps 1 and 2: {Units.Fixed(losses[0], 6)} {Units.Fixed(losses[1], 6)}");
        }

        if (context.Get(json) is { } path)
        {
            JsonOutput.Save(path, writer => Write(writer, device, run, peaks, rows, losses));
        }

        return ExitCode.Ok;
    }

    private RunConfig Config(VerbContext context) => (context.Get(preset), context.Get(config)) switch
    {
        (not null, not null) => throw new UsageException("Give --config or --preset, not both: a configuration names its preset."),
        (_, { } file) => RunConfigFile.Read(file),
        var (name, _) => TrainingPresets.Get(name ?? "tiny"),
    };

    private static int[]? Batches(string? list) => list?.Split(',')
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var images) && images > 0
            ? images
            : throw new UsageException($"--batch '{list}': '{text}' is not a number of images; expected such as 1,2,4."))
        .ToArray();

    private static void Print(Terminal terminal, DevicePeaks peaks, List<BenchRow> rows)
    {
        var table = new Table("work", "shape", "pass", "ms", "Gflop/s", "%", "GB/s", "%", "samples/s", "peak so far");
        foreach (var row in rows)
        {
            table.Add(
                row.Benchmark.Name,
                row.Benchmark.Shape,
                row.Benchmark.Pass,
                Units.Fixed(row.Milliseconds, 3),
                Units.Fixed(row.GigaflopsPerSecond, 1),
                Units.Fixed(100 * row.GigaflopsPerSecond / peaks.GigaflopsPerSecond, 0),
                Units.Fixed(row.GigabytesPerSecond, 1),
                Units.Fixed(100 * row.GigabytesPerSecond / peaks.GigabytesPerSecond, 0),
                row.SamplesPerSecond is { } samples ? Units.Fixed(samples, 2) : "",
                Units.Bytes(row.PeakBytes));
        }

        terminal.Print(table);
    }

    private static void Write(Utf8JsonWriter writer, Device device, RunConfig run, DevicePeaks peaks, List<BenchRow> rows, double[] losses)
    {
        writer.WriteStartObject("device");
        device.Report.Write(writer);
        writer.WriteEndObject();
        writer.WriteString("precision", device.Precision);
        writer.WriteString("model", run.Model.Name);
        writer.WriteNumber("copyGigabytesPerSecond", peaks.GigabytesPerSecond);
        writer.WriteNumber("productGflopPerSecond", peaks.GigaflopsPerSecond);
        writer.WriteStartArray("losses");
        Array.ForEach(losses, writer.WriteNumberValue);
        writer.WriteEndArray();
        writer.WriteStartArray("rows");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            row.Write(writer, peaks);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
