using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>The presets with the training that belongs to each model.</summary>
public static class TrainingPresets
{
    /// <summary>Model and training of a preset.</summary>
    /// <exception cref="InvalidDataException">There is no preset of this name.</exception>
    public static RunConfig Get(string preset) => RunConfigFile.Whole(Presets.With(preset, []), $"preset '{preset}'");

    /// <summary>A model with the training of its preset, or of the smallest preset of its family.</summary>
    public static RunConfig For(ModelConfig model) => Get(Presets.Like(model)) with { Model = model };
}
