using System.Text;
using System.Text.Json;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Runtime;

namespace XlstmSam.Training;

/// <summary>
/// A run on disk. state.safetensors alone is what resuming needs: weights, moments, progress and configuration in one file that appears whole
/// or not at all. last and best are weights for use.
/// </summary>
public sealed class RunFolder(string path)
{
    private const string FirstMoment = "optimizer.first_moment.";
    private const string SecondMoment = "optimizer.second_moment.";
    private const string ConfigKey = "xlstmsam.run";
    private const string ProgressKey = "xlstmsam.progress";

    public string Path => path;

    public string StatePath => In("state.safetensors");

    public string LastPath => In(TrainedModel.LastFile);

    public string BestPath => In(TrainedModel.BestFile);

    public string ConfigPath => In("config.json");

    public bool HasState => File.Exists(StatePath);

    /// <summary>A run that was killed before its first save has its configuration and starts over.</summary>
    public bool CanResume => HasState || File.Exists(ConfigPath);

    /// <summary>The run's best weights, else its last.</summary>
    public string WeightsPath => File.Exists(BestPath) ? BestPath : LastPath;

    public string In(string file) => System.IO.Path.Combine(path, file);

    public void SaveConfig(RunConfig config) =>
        AtomicFile.Write(ConfigPath, stream => stream.Write(Encoding.UTF8.GetBytes(RunConfigFile.Write(config) + "\n")));

    public void SaveCard(string card) => AtomicFile.Write(In("model-card.md"), stream => stream.Write(Encoding.UTF8.GetBytes(card)));

    public void SaveWeights(string file, IPromptModel model, IReadOnlyDictionary<string, string> metadata) => WeightFile.Save(file, model, metadata);

    public void SaveState(IPromptModel model, RunConfig config, RunProgress progress)
    {
        var arrays = new List<(string, long[], Func<float[]>)>();
        foreach (var (prefix, slab) in Slabs(model))
        {
            arrays.AddRange(model.Parameters.All
                .Where(p => prefix.Length == 0 || !p.IsBuffer)
                .Select(p =>
                    (
                        prefix + p.Name,
                        Array.ConvertAll(p.PublishedShape.ToArray(), size => (long)size),
                        (Func<float[]>)(() => ParameterStore.Read(model.Backend, p, slab)))));
        }

        var metadata = new Dictionary<string, string>
        {
            [ConfigKey] = RunConfigFile.Write(config),
            [ProgressKey] = JsonSerializer.Serialize(progress, TrainingJsonContext.Default.RunProgress),
        };
        AtomicFile.Write(StatePath, stream => SafeTensorsWriter.Write(stream, arrays, metadata));
    }

    /// <summary>The configuration and progress a run can be resumed with.</summary>
    public (RunConfig Config, RunProgress Progress) ReadState()
    {
        if (!CanResume)
        {
            throw new FileNotFoundException(
                $"Run '{path}': it has neither state.safetensors nor config.json, so there is nothing to resume; start it with --out {path}.", StatePath);
        }

        if (!HasState)
        {
            return (RunConfigFile.ReadWhole(File.ReadAllText(ConfigPath), $"'{ConfigPath}'"), new());
        }

        using var file = SafeTensorsFile.Open(StatePath);
        try
        {
            return (
                RunConfigFile.ReadWhole(file.Metadata[ConfigKey], $"the metadata of '{StatePath}'"),
                JsonSerializer.Deserialize(file.Metadata[ProgressKey], TrainingJsonContext.Default.RunProgress) is { Step: >= 0, Steps: > 0 } progress
                    && progress.Steps >= progress.Step
                    ? progress : throw new JsonException("the number of steps is missing or negative"));
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new InvalidDataException($"Run state '{StatePath}': its metadata is damaged ({e.Message}); use another run.", e);
        }
    }

    /// <summary>What was changed in config.json since the run's state was saved, as far as a line says it; null where nothing was.</summary>
    public string? EditedConfig()
    {
        if (!HasState || !File.Exists(ConfigPath))
        {
            return null;
        }

        var (saved, now) = (RunConfigFile.Write(ReadState().Config), "");
        try
        {
            now = RunConfigFile.Write(RunConfigFile.ReadWhole(File.ReadAllText(ConfigPath), $"'{ConfigPath}'"));
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }

        if (saved == now)
        {
            return null;
        }

        using var before = JsonDocument.Parse(saved);
        using var after = JsonDocument.Parse(now);
        return Difference(before.RootElement, after.RootElement, "") ?? "its text is another";
    }

    private static string? Difference(JsonElement before, JsonElement after, string name)
    {
        if (before.ValueKind != JsonValueKind.Object || after.ValueKind != JsonValueKind.Object)
        {
            return JsonElement.DeepEquals(before, after) ? null : $"{name} is {after} instead of {before}";
        }

        foreach (var entry in before.EnumerateObject())
        {
            var below = name.Length == 0 ? entry.Name : $"{name}.{entry.Name}";
            var found = after.TryGetProperty(entry.Name, out var other) ? Difference(entry.Value, other, below) : $"{below} is missing";
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Brings weights and moments back.</summary>
    public void LoadState(IPromptModel model)
    {
        using var file = SafeTensorsFile.Open(StatePath);
        foreach (var (prefix, slab) in Slabs(model))
        {
            foreach (var parameter in model.Parameters.All.Where(p => prefix.Length == 0 || !p.IsBuffer))
            {
                var published = file.ReadFloats(prefix + parameter.Name);
                if (published.LongLength != parameter.Shape.Length)
                {
                    throw new InvalidDataException(
                        $"Run state '{StatePath}': '{prefix + parameter.Name}' has {published.LongLength} values, expected {parameter.Shape.Length}.");
                }

                var values = new float[published.Length];
                WeightLayouts.FromPublished(parameter.Layout, parameter.Shape, published, values);
                model.Backend.Upload(values, slab.Slice(parameter.Offset, parameter.Shape.Length));
            }
        }

        model.Reload();
    }

    private static IEnumerable<(string Prefix, View Slab)> Slabs(IPromptModel model) =>
        [(string.Empty, model.Parameters.Values), (FirstMoment, model.Parameters.FirstMoment), (SecondMoment, model.Parameters.SecondMoment)];
}
