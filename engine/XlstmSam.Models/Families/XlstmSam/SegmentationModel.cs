using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>Image encoder, prompt encoder and mask decoder over one parameter store. The image is encoded once; every click decodes.</summary>
public sealed class SegmentationModel : IDisposable
{
    private readonly ImageEncoder encoder;
    private readonly PromptEncoder prompts;
    private readonly MaskDecoder decoder;
    private readonly Arena constants;

    // The grid positions that all decoder passes share, (g0 g1 g2, E): a function of the weights.
    private Tensor? positions;

    /// <param name="training">Also allocate gradients and the optimiser's moments.</param>
    public SegmentationModel(ModelConfig config, IBackend backend, bool training)
    {
        (Config, Backend) = (config, backend);
        Size = new(config.Size[0], config.Size[1], config.Size[2]);
        var stride = config.Encoder.TotalStride;
        Grid = new(Size.D / stride, Size.H / stride, Size.W / stride);
        encoder = new(Parameters.Root["image_encoder"], config.Encoder, Size, config.Embedding);
        prompts = new(Parameters.Root["prompt_encoder"], new(config.Embedding, config.PointEmbeddings, config.MaskChannels, config.SwapDensePeAxes));
        decoder = new(Parameters.Root["mask_decoder"], new(new(config.Embedding, config.DecoderHeads, config.DecoderMlp, config.DecoderDepth), config.MaskTokens, config.IouHidden));
        Parameters.Materialize(backend, training);
        constants = Arena.Free(backend);
    }

    public ModelConfig Config { get; }

    public IBackend Backend { get; }

    public ParameterStore Parameters { get; } = new();

    /// <summary>The input grid.</summary>
    public Extent3 Size { get; }

    /// <summary>The embedding's grid.</summary>
    public Extent3 Grid { get; }

    /// <summary>The grid of the decoder's logits: four times the embedding's.</summary>
    public Extent3 LowRes => new(4 * Grid.D, 4 * Grid.H, 4 * Grid.W);

    /// <summary>Bytes that the model keeps beside its parameters: the grid positions.</summary>
    public long ConstantBytes => Grid.Count * Config.Embedding * sizeof(float);

    public void Initialize(ulong seed)
    {
        Parameters.Initialize(Backend, seed);
        Reload();
    }

    /// <summary>Call after the parameters were written from outside.</summary>
    public void Reload()
    {
        constants.Dispose();
        positions = prompts.DensePositions(Tape.ForInference(Backend, constants), Grid);
    }

    /// <summary>One image on the input grid, (1, X0, X1, X2, channels).</summary>
    public Tensor Image(Tape tape, ReadOnlySpan<float> values) => tape.From(new(1, Size.D, Size.H, Size.W, Config.Encoder.InputChannels), values);

    /// <summary>(B, X0, X1, X2, 1) to (B, g0, g1, g2, E).</summary>
    public Tensor Encode(Tape tape, Tensor image) => encoder.Forward(tape, image);

    /// <summary>One decoder pass: logits (B, 4g0, 4g1, 4g2).</summary>
    /// <param name="embedding">(B, g0, g1, g2, E), one per prompt, or (1, ...) shared by all.</param>
    /// <param name="mask">The previous logits (B, 4g0, 4g1, 4g2), or null.</param>
    public Tensor Decode(Tape tape, Tensor embedding, PromptTokens? tokens, Tensor? mask)
    {
        var cells = positions ?? throw new InvalidOperationException("SegmentationModel: initialise or load the weights first.");
        tape.Enter("prompt_encoder");
        var batch = mask?.Shape[0] ?? tokens?.Table.Shape[0] ?? embedding.Shape[0];
        var sparse = tokens is null ? null : prompts.Sparse(tape, tokens, Size);
        var dense = mask is null ? prompts.NoMask(tape, batch, Grid) : prompts.Dense(tape, mask.Reshape(batch, LowRes.D, LowRes.H, LowRes.W, 1));
        var image = Elementwise.Apply<Add>(tape, dense, embedding);
        tape.Enter("mask_decoder");
        return decoder.Masks(tape, image, cells, sparse).Reshape(batch, LowRes.D, LowRes.H, LowRes.W);
    }

    /// <summary>Takes to the device what <see cref="Answer"/> reads.</summary>
    /// <param name="embedding">(g0, g1, g2, E), as it was downloaded.</param>
    /// <param name="lowRes">The previous logits, or null.</param>
    public DecoderInputs Question(Tape tape, ReadOnlySpan<float> embedding, PromptBatch batch, float[]? lowRes)
    {
        var shape = new Shape(1, LowRes.D, LowRes.H, LowRes.W);
        var mask = lowRes is null ? tape.Zeros(shape) : tape.From(shape, lowRes);
        return new(tape.From(new(1, Grid.D, Grid.H, Grid.W, Config.Embedding), embedding), batch.Upload(tape), mask);
    }

    /// <summary>The decoder pass of one prompt after another: logits for the next, and the same on the input grid.</summary>
    public (Tensor LowRes, Tensor Full) Answer(Tape tape, DecoderInputs inputs)
    {
        var logits = Decode(tape, inputs.Embedding, inputs.Prompts, inputs.Mask);
        return (logits, Upscale(tape, logits));
    }

    /// <summary>Logits (B, 4g0, 4g1, 4g2) on the input grid, (B, X0, X1, X2).</summary>
    public Tensor Upscale(Tape tape, Tensor logits)
    {
        var batch = logits.Shape[0];
        return Size == LowRes ? logits
            : Resample3d.Apply(tape, logits.Reshape(batch, LowRes.D, LowRes.H, LowRes.W, 1), Size, ResampleMode.Trilinear).Reshape(batch, Size.D, Size.H, Size.W);
    }

    public void Dispose()
    {
        constants.Dispose();
        Parameters.Dispose();
    }
}
