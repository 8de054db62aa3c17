using System.Text.Json.Nodes;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The family of the xLSTM-UNet encoder with SAM-Med3D's prompt encoder and mask decoder.</summary>
public sealed class XlstmSamFamily() : ModelFamilyOf<XlstmSamConfig>(
    FamilyName,
    "SAM-Med3D's prompt encoder and mask decoder on an xLSTM-UNet encoder",
    XlstmSamJson.Default.XlstmSamConfig,
    new() { Name = "unnamed", Size = [], Encoder = new() { Stem = 0, Features = [], Strides = [], Blocks = [], Mixers = [] } })
{
    /// <summary>The family's name in configurations.</summary>
    public const string FamilyName = "xlstm-sam";

    /// <inheritdoc/>
    protected override IPromptModel Build(XlstmSamConfig config, IBackend backend, bool training, IReadOnlyCollection<string> recompute) =>
        new XlstmSamModel(config, backend, training, recompute);

    /// <inheritdoc/>
    protected override IEnumerable<MainOp> MainOps(XlstmSamConfig config) => XlstmSamOps.Of(config);

    /// <summary>Which stages are recomputed was once a setting of the encoder; it is the run's.</summary>
    protected override void DropEarlierSettings(JsonObject node) => (node["encoder"] as JsonObject)?.Remove("recompute");
}
