using System.Globalization;

namespace XlstmSam.Training;

/// <summary>What a run's weights are, where they come from and what they may be used for: model-card.md of the run folder.</summary>
public static class ModelCard
{
    public static string Of(RunConfig config, RunProgress progress, IReadOnlyDictionary<string, string> metadata)
    {
        var (model, training) = (config.Model, config.Training);
        var best = progress.BestStep < 0
            ? "not validated"
            : string.Create(CultureInfo.InvariantCulture, $"DSC {progress.BestScore:F3} after five clicks at step {progress.BestStep}");
        var grid = model.Spacing == 0 ? "the scan's own spacing" : string.Create(CultureInfo.InvariantCulture, $"{model.Spacing} mm");
        var place = model.Roi == Models.RoiPolicy.Volume ? "volume" : "prompt";
        var recipe = $"batch {training.Batch} x {training.Accumulation}, {training.Rounds} click rounds, seed {training.Seed}";
        return string.Create(CultureInfo.InvariantCulture, $"""
            # {model.Name}: a promptable 3-D segmenter

            **Research use only. Not a medical device.** It has not been cleared for diagnosis or treatment, and its masks may be wrong.

            | | |
            |---|---|
            | Model | {Models.ModelFamilies.Of(model).Description}, configuration `{model.Name}` |
            | Input | {string.Join(" x ", model.Size)} grid, {grid}, placed on the {place} |
            | Prompts | {Prompts(model)} |
            | Data | {metadata.GetValueOrDefault("data", "unknown")} |
            | Licence of the weights | {metadata.GetValueOrDefault("licence", "unknown")} |
            | Training | {progress.Step} of {progress.Steps} steps, {recipe} |
            | Validation | {best}, by the protocol of the CVPR 2025 interactive challenge without boxes |
            | Written by | {metadata.GetValueOrDefault("program", "xsam-engine")} |

            The whole configuration is in `config.json` and in the weight files' metadata. On scans unlike the training data the model will do worse; look at
            every mask.

            """);
    }

    private static string Prompts(Models.ModelConfig model)
    {
        var kinds = model.Traits().Prompts;
        string?[] parts =
        [
            kinds.HasFlag(Models.PromptKinds.Point) ? $"clicks ({(model.Clicks == Models.ClickPolicy.All ? "all so far" : "the newest")} per round)" : null,
            kinds.HasFlag(Models.PromptKinds.Box) ? "boxes" : null,
            kinds.HasFlag(Models.PromptKinds.Mask) ? "a previous mask" : null,
        ];
        return string.Join(", ", parts.Where(part => part is not null));
    }
}
