using System.Text.Json.Nodes;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>A kind of network: how its configuration is read and written, and how a model is built from it.</summary>
public abstract class ModelFamily
{
    /// <summary>What configurations name the family by, in small letters.</summary>
    public abstract string Name { get; }

    /// <summary>What the network is, as a noun phrase for model cards.</summary>
    public abstract string Description { get; }

    /// <summary>The record that configurations of this family are.</summary>
    public abstract Type ConfigType { get; }

    /// <summary>A model with parameters that nothing has been written to yet.</summary>
    /// <param name="config">A checked configuration of this family.</param>
    /// <param name="training">Also allocate gradients and the optimiser's moments.</param>
    /// <param name="recompute">Names of the stages that backward runs again.</param>
    public abstract IPromptModel Build(ModelConfig config, IBackend backend, bool training, IReadOnlyCollection<string> recompute);

    /// <summary>The ops that a model spends its time in, at the shapes it has them.</summary>
    public abstract IEnumerable<MainOp> MainOps(ModelConfig config);

    /// <summary>Reads a configuration whose family is known. Settings of earlier versions that mean nothing to a model are dropped.</summary>
    /// <exception cref="System.Text.Json.JsonException">A key is unknown, missing or of the wrong kind.</exception>
    internal abstract ModelConfig Read(JsonObject json);

    /// <summary>The configuration without the family's name.</summary>
    internal abstract JsonObject Write(ModelConfig config);
}
