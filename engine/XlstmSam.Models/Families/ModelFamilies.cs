using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The families of models that the program knows: a folder and a line here each.</summary>
public static class ModelFamilies
{
    /// <summary>All families. Configurations that name none, as those from before there were several, are of the first.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = [new XlstmSamFamily(), new ResidualUNetFamily()];

    /// <summary>The names of all families.</summary>
    public static IEnumerable<string> Names => All.Select(family => family.Name);

    /// <summary>The family that a configuration belongs to.</summary>
    public static ModelFamily Of(ModelConfig config) => All.First(family => family.ConfigType == config.GetType());

    /// <summary>The family of a name, or null.</summary>
    public static ModelFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);

    /// <summary>The model that a configuration describes, without values; initialise it or load weights.</summary>
    /// <param name="config">A checked configuration.</param>
    /// <param name="training">Also allocate gradients and the optimiser's moments.</param>
    /// <param name="recompute">Names of the stages that backward runs again; null for none.</param>
    public static IPromptModel Build(ModelConfig config, IBackend backend, bool training, IReadOnlyCollection<string>? recompute = null) =>
        Of(config).Build(config, backend, training, recompute ?? []);
}
