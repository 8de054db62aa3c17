using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>A family by the type of its configuration: what all families do the same way.</summary>
/// <param name="json">How the configuration is written, made at compile time.</param>
/// <param name="defaults">What the keys mean that a file leaves out; those that no file may leave out have values that the rules refuse.</param>
public abstract class ModelFamilyOf<TConfig>(string name, string description, JsonTypeInfo<TConfig> json, TConfig defaults) : ModelFamily
    where TConfig : ModelConfig
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override Type ConfigType => typeof(TConfig);

    /// <inheritdoc/>
    public sealed override IPromptModel Build(ModelConfig config, IBackend backend, bool training, IReadOnlyCollection<string> recompute) =>
        Build((TConfig)config, backend, training, recompute);

    /// <inheritdoc/>
    public sealed override IEnumerable<MainOp> MainOps(ModelConfig config) => MainOps((TConfig)config);

    internal sealed override ModelConfig Read(JsonObject node)
    {
        DropEarlierSettings(node);
        var whole = Write(defaults);
        ConfigurationJson.Merge(whole, node);
        return whole.Deserialize(json)!;
    }

    internal sealed override JsonObject Write(ModelConfig config) => JsonSerializer.SerializeToNode((TConfig)config, json)!.AsObject();

    /// <summary>Builds a model; see <see cref="ModelFamily.Build"/>.</summary>
    protected abstract IPromptModel Build(TConfig config, IBackend backend, bool training, IReadOnlyCollection<string> recompute);

    /// <summary>The ops that a model spends its time in; see <see cref="ModelFamily.MainOps"/>.</summary>
    protected abstract IEnumerable<MainOp> MainOps(TConfig config);

    /// <summary>Takes out what earlier versions of the program wrote into configurations and what this one has elsewhere.</summary>
    protected virtual void DropEarlierSettings(JsonObject node)
    {
    }
}
