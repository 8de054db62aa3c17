using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The sparse prompts of one decoder pass on the device: shapes are known, values need not be yet.</summary>
/// <param name="Table">(B, Entries, 4), as a <see cref="PromptTable"/> has them.</param>
/// <param name="Window">The entries that become tokens.</param>
/// <param name="LowestLabel">The lowest label that may occur; with the highest it decides which parameters take part.</param>
public sealed record PromptTokens(Tensor Table, PointWindow Window, int LowestLabel, int HighestLabel)
{
    /// <summary>Whether the last two entries of the window are the corners of a box.</summary>
    public bool HasBox => HighestLabel == PromptTable.SecondCorner;
}
