using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The family of plain residual U-Nets whose prompts are channels beside the image.</summary>
public sealed class ResidualUNetFamily() : ModelFamilyOf<ResidualUNetConfig>(
    ResidualUNetConfig.FamilyName,
    "a residual U-Net with prompts and the previous mask as input channels",
    ResidualUNetJson.Default.ResidualUNetConfig,
    new() { Name = "unnamed", Size = [], Features = [], Blocks = [] })
{
    /// <inheritdoc/>
    protected override IPromptModel Build(ResidualUNetConfig config, IBackend backend, bool training, IReadOnlyCollection<string> recompute) =>
        new ResidualUNetModel(config, backend, training, recompute);

    /// <inheritdoc/>
    protected override IEnumerable<MainOp> MainOps(ResidualUNetConfig config)
    {
        var size = config.Input.Size;
        for (var level = 0; level < config.Features.Length; level++)
        {
            var width = config.Features[level];
            if (level > 0)
            {
                yield return new MainOp.Conv(size, config.Features[level - 1], width, Stride: 2);
                size = new(size.D / 2, size.H / 2, size.W / 2);
                yield return new MainOp.UpConv(size, width, config.Features[level - 1]);
            }

            yield return new MainOp.Conv(size, width, width, Stride: 1);
            yield return new MainOp.Norm(size, width);
        }
    }
}
