using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// A network that segments what prompts point at. It has two halves: <see cref="Encode"/> runs once per image, <see cref="Decode"/> once per round of
/// prompts, on the logits of the round before. Training, inference, planning and weight files know a model by this interface alone; what it is made
/// of is its family's own matter.
/// </summary>
/// <remarks>
/// Both halves issue kernels and nothing else: no upload, no download, nothing that depends on values, so that a pass can be planned, captured and
/// launched again. B is the number of prompted objects, (X0, X1, X2) the input grid.
/// </remarks>
public interface IPromptModel : IDisposable
{
    /// <summary>What the model was built from; weight files keep it.</summary>
    ModelConfig Config { get; }

    /// <summary>The device that holds the parameters.</summary>
    IBackend Backend { get; }

    /// <summary>All parameters under the names that weight files have them by.</summary>
    ParameterStore Parameters { get; }

    /// <summary>The grid and the channels of an image.</summary>
    InputGeometry Input => Config.Input;

    /// <summary>What kind of model it is, as its configuration says.</summary>
    ModelTraits Traits => Config.Traits();

    /// <summary>The shape of one image's embedding; its first axis is 1.</summary>
    Shape EmbeddingShape { get; }

    /// <summary>The grid of the logits that one round hands to the next.</summary>
    Extent3 LowRes { get; }

    /// <summary>Bytes that the model keeps on the device beside its parameters.</summary>
    long ConstantBytes { get; }

    /// <summary>Draws all parameters from a seed.</summary>
    void Initialize(ulong seed);

    /// <summary>Computes what follows from the parameters alone. Call it after they were written from outside.</summary>
    void Reload();

    /// <summary>Images (N, X0, X1, X2, channels) to embeddings, one row of <see cref="EmbeddingShape"/> each.</summary>
    Tensor Encode(Tape tape, Tensor image);

    /// <summary>One round of prompts: logits (B, <see cref="LowRes"/>), positive inside the object.</summary>
    /// <param name="embedding">One row per object, or one row that all objects share.</param>
    /// <param name="tokens">The clicks and boxes of the round, or null.</param>
    /// <param name="mask">The previous logits (B, <see cref="LowRes"/>), zeros where there are none; or null.</param>
    Tensor Decode(Tape tape, Tensor embedding, PromptTokens? tokens, Tensor? mask);

    /// <summary>Logits (B, <see cref="LowRes"/>) on the input grid, (B, X0, X1, X2).</summary>
    Tensor Upscale(Tape tape, Tensor logits);
}
