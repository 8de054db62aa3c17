using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>The sparse prompts of one decoder pass on the device.</summary>
/// <param name="Encodings">Where each lies, (B, N, E).</param>
/// <param name="Rows">The place of each one's kind among <paramref name="Kinds"/>, (B, N).</param>
/// <param name="Kinds">The labels in use, ascending: they decide which parameters take part.</param>
public sealed record PromptTokens(Tensor Encodings, Block Rows, int[] Kinds);
