using System.CommandLine;
using XlstmSam.Cli.Options;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Training;

/// <summary>The options that shape a new run's configuration.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string?> config = new("--config") { Description = "A configuration: a preset's name and what to change in it.", HelpName = "FILE" };
    private readonly Option<string?> preset = new("--preset")
    {
        Description = $"A built-in model and its recipe: {string.Join(", ", Presets.Names)}; tiny by default.",
        HelpName = "NAME",
    };
    private readonly Option<ulong?> seed = new("--seed") { Description = "Of everything random.", HelpName = "S" };
    private readonly Option<long?> steps = new("--steps") { Description = "Optimiser steps.", HelpName = "N" };
    private readonly Option<int?> epochs = new("--epochs") { Description = "Passes over the cases, instead of steps.", HelpName = "N" };
    private readonly Option<string?> optimizer = new("--optimizer") { Description = "adamw or adam.", HelpName = "NAME" };
    private readonly Option<double?> learningRate = new("--learning-rate") { Description = "The highest learning rate.", HelpName = "X" };
    private readonly Option<int?> batch = new("--batch") { Description = "Images per micro-batch.", HelpName = "N" };
    private readonly Option<int?> accumulation = new("--accumulation") { Description = "Micro-batches per step.", HelpName = "N" };
    private readonly Option<int?> validateEvery = new("--validate-every")
    {
        Description = "Steps between validations; 0 validates at the end only.",
        HelpName = "N",
    };
    private readonly Option<string?> size = new("--size") { Description = "The model's grid: one side or three.", HelpName = "N|DxHxW" };
    private readonly Option<string?> recompute = new("--recompute")
    {
        Description = "Stages computed again in backward to save memory: stem,0,1,..., all, none, or auto, as few as the memory allows; auto by default.",
        HelpName = "LIST",
    };

    public IReadOnlyList<Option> All => [config, preset, seed, steps, epochs, optimizer, learningRate, batch, accumulation, validateEvery, size, recompute];

    /// <summary>The options that cannot change what a run was started with: all but its length.</summary>
    public IReadOnlyList<Option> FixedAtStart => [.. All.Where(option => option != steps && option != epochs)];

    public bool IsLengthGiven(VerbContext context) => context.IsGiven(steps) || context.IsGiven(epochs);

    /// <summary>The same training with the length that is asked for.</summary>
    public TrainingConfig Lengthened(VerbContext context, TrainingConfig training) => training with
    {
        Steps = context.Get(epochs) is null ? context.Get(steps) ?? training.Steps : 0,
        Epochs = context.Get(epochs) ?? training.Epochs,
    };

    public RunConfig Choose(VerbContext context, bool isPhantoms)
    {
        if (context.Get(config) is not null && context.Get(preset) is not null)
        {
            throw new UsageException("Give --config or --preset, not both: a configuration names its preset.");
        }

        if (context.Get(steps) is not null && context.Get(epochs) is not null)
        {
            throw new UsageException("Give --steps or --epochs, not both.");
        }

        var chosen = context.Get(config) is { } file ? RunConfigFile.Read(file) : TrainingPresets.Get(context.Get(preset) ?? "tiny");
        var training = Changed(context, chosen.Training);
        training = isPhantoms && context.Get(config) is null ? PhantomSource.Recipe(training) : training;
        var model = ModelRules.Checked(Changed(context, chosen.Model), "the command line");
        training = context.Get(recompute) is { } stages ? training with { Recompute = StageList.Parse(stages, model) } : training;
        TrainingRules.Check(training, "the command line");
        return new() { Model = model, Training = training };
    }

    private TrainingConfig Changed(VerbContext context, TrainingConfig training) => training with
    {
        Seed = context.Get(seed) ?? training.Seed,
        Steps = context.Get(epochs) is null ? context.Get(steps) ?? training.Steps : 0,
        Epochs = context.Get(epochs) ?? training.Epochs,
        LearningRate = context.Get(learningRate) ?? training.LearningRate,
        Batch = context.Get(batch) ?? training.Batch,
        Accumulation = context.Get(accumulation) ?? training.Accumulation,
        ValidateEvery = context.Get(validateEvery) ?? training.ValidateEvery,
        Optimizer = context.Get(optimizer) switch
        {
            null => training.Optimizer,
            "adamw" => OptimizerKind.AdamW,
            "adam" => OptimizerKind.Adam,
            var name => throw new UsageException($"--optimizer '{name}' is not known; expected adamw or adam."),
        },
    };

    private ModelConfig Changed(VerbContext context, ModelConfig model) => context.Get(size) is { } sides ? model with { Size = SizeText.Parse(sides) } : model;
}
