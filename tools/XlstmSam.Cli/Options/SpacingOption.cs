using System.CommandLine;
using XlstmSam.Imaging;

namespace XlstmSam.Cli.Options;

/// <summary>--spacing-order: which axis the three numbers of an npz spacing belong to.</summary>
internal sealed class SpacingOption : Option<string?>
{
    public SpacingOption()
        : base("--spacing-order")
    {
        Description = "Of the spacing in an npz without a manifest: array (z, y, x; the default) or xyz.";
        HelpName = "array|xyz";
    }

    /// <summary>The order that was asked for, or null.</summary>
    public SpacingOrder? Choose(VerbContext context) => context.Get(this) switch
    {
        null => null,
        "array" => SpacingOrder.Array,
        "xyz" => SpacingOrder.Xyz,
        var text => throw new UsageException($"--spacing-order '{text}' is not known; expected array or xyz."),
    };
}
