using XlstmSam.Models;
using XlstmSam.Runtime;

namespace XlstmSam.Training;

/// <summary>Stages of a model as --recompute lists them: names such as stem,0,1; all; none; auto.</summary>
public static class StageList
{
    /// <summary>The names of all stages that the model can recompute, in order of execution.</summary>
    public static string[] All(ModelConfig model) => [.. model.Traits().RecomputableStages.Select(stage => stage.Name)];

    /// <summary>The module that a stage is.</summary>
    public static string ModuleOf(ModelConfig model, string stage) => model.Traits().RecomputableStages.First(known => known.Name == stage).Module;

    /// <summary>These stages in order of execution, each once.</summary>
    public static string[] InOrder(ModelConfig model, IEnumerable<string> stages) => [.. All(model).Intersect(stages)];

    /// <summary>The list as <see cref="Parse"/> reads it.</summary>
    public static string Write(IReadOnlyCollection<string> stages) => stages.Count == 0 ? "none" : string.Join(",", stages);

    /// <summary>The stages, or null for auto.</summary>
    /// <exception cref="UsageException">A name is none of the model's stages.</exception>
    public static string[]? Parse(string text, ModelConfig model) => text switch
    {
        "auto" => null,
        "all" => All(model),
        "none" => [],
        _ => InOrder(model, text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => Stage(part, model))),
    };

    /// <summary>A stage by its name or by its module's.</summary>
    private static string Stage(string part, ModelConfig model) =>
        model.Traits().RecomputableStages.FirstOrDefault(stage => stage.Name == part.Split('.')[^1] || stage.Module == part)?.Name
        ?? throw new UsageException(
            $"--recompute: '{part}' is not a stage of '{model.Name}'; expected auto, all, none, or some of {string.Join(", ", All(model))}, separated by " +
            "commas.");
}
