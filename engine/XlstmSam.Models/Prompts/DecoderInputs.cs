using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>What one decoder pass reads, on the device.</summary>
/// <param name="Embedding">(1, g0, g1, g2, E).</param>
/// <param name="Mask">The previous logits or zeros, (1, 4g0, 4g1, 4g2).</param>
public sealed record DecoderInputs(Tensor Embedding, PromptTokens? Prompts, Tensor Mask);
