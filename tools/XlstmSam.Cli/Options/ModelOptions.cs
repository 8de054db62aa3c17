using System.CommandLine;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Options;

/// <summary>Which model a verb is about: a preset, a trained model or a configuration file.</summary>
internal sealed class ModelOptions(bool withModel)
{
    public Option<string?> Preset { get; } = new("--preset") { Description = $"A built-in model: {string.Join(", ", Presets.Names)}.", HelpName = "NAME" };

    public Option<string?> Model { get; } = new("--model") { Description = "A run folder (its best weights) or a weight file.", HelpName = "RUN|FILE" };

    public Option<string?> Config { get; } = new("--config") { Description = "A training configuration.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(Preset);
        if (withModel)
        {
            command.Add(Model);
        }

        command.Add(Config);
    }

    /// <summary>The one that was named. A weight file says nothing about training: it gets the training of its preset, else of the smallest of its
    /// family.</summary>
    public RunConfig Choose(VerbContext context)
    {
        var (preset, model, config) = (context.Get(Preset), withModel ? context.Get(Model) : null, context.Get(Config));
        var all = withModel ? "--preset NAME, --model RUN|FILE and --config FILE" : "--preset NAME and --config FILE";
        if (new[] { preset, model, config }.Count(choice => choice is not null) != 1)
        {
            throw new UsageException($"Give one of {all}.");
        }

        if (preset is not null)
        {
            return TrainingPresets.Get(preset);
        }

        if (config is not null)
        {
            return RunConfigFile.Read(config);
        }

        using var file = SafeTensorsFile.Open(TrainedModel.WeightsOf(model!));
        return TrainingPresets.For(WeightFile.ReadConfig(file));
    }
}
