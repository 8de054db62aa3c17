using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>The phases of the passes that every model has: what is uploaded, and the decoder round that a user waits for.</summary>
public static class PromptModelPasses
{
    /// <summary>Uploads one image on the input grid, (1, X0, X1, X2, channels).</summary>
    public static Tensor UploadImage(this IPromptModel model, Tape tape, ReadOnlySpan<float> values) => tape.From(model.Input.Images(1), values);

    /// <summary>Uploads what <see cref="DecodeToGrid"/> reads.</summary>
    /// <param name="embedding">As <see cref="IPromptModel.EmbeddingShape"/> has it.</param>
    /// <param name="lowRes">The previous logits, or null.</param>
    public static DecoderInputs UploadDecoderInputs(this IPromptModel model, Tape tape, ReadOnlySpan<float> embedding, PromptBatch batch, float[]? lowRes)
    {
        var shape = new Shape(1, model.LowRes.D, model.LowRes.H, model.LowRes.W);
        var mask = lowRes is null ? tape.Zeros(shape) : tape.From(shape, lowRes);
        return new(tape.From(model.EmbeddingShape, embedding), batch.Upload(tape), mask);
    }

    /// <summary>One round of prompts: logits for the next round, and the same on the input grid.</summary>
    public static (Tensor LowRes, Tensor Full) DecodeToGrid(this IPromptModel model, Tape tape, DecoderInputs inputs)
    {
        var logits = model.Decode(tape, inputs.Embedding, inputs.Prompts, inputs.Mask);
        return (logits, model.Upscale(tape, logits));
    }
}
