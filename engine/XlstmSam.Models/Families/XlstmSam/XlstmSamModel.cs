using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>Image encoder, prompt encoder and mask decoder over one parameter store. The image is encoded once; every click decodes.</summary>
internal sealed class XlstmSamModel : IPromptModel
{
    private readonly XlstmSamConfig config;
    private readonly ImageEncoder encoder;
    private readonly PromptEncoder prompts;
    private readonly MaskDecoder decoder;
    private readonly Arena constants;

    // The grid positions that all decoder passes share, (g0 g1 g2, E): a function of the weights.
    private Tensor? positions;

    /// <param name="training">Also allocate gradients and the optimiser's moments.</param>
    /// <param name="recompute">Names of the encoder's stages that backward runs again; null for none.</param>
    public XlstmSamModel(XlstmSamConfig config, IBackend backend, bool training, IReadOnlyCollection<string>? recompute = null)
    {
        (this.config, Backend) = (config, backend);
        var (size, stride) = (config.Input.Size, config.Encoder.TotalStride);
        Grid = new(size.D / stride, size.H / stride, size.W / stride);
        encoder = new(Parameters.Root["image_encoder"], config.Encoder, size, config.Embedding, recompute ?? []);
        prompts = new(Parameters.Root["prompt_encoder"], new(config.Embedding, config.PointEmbeddings, config.MaskChannels, config.SwapDensePeAxes));
        decoder = new(Parameters.Root["mask_decoder"], new(new(config.Embedding, config.DecoderHeads, config.DecoderMlp, config.DecoderDepth), config.MaskTokens, config.IouHidden));
        Parameters.Materialize(backend, training);
        constants = Arena.Free(backend);
    }

    /// <inheritdoc/>
    public ModelConfig Config => config;

    /// <inheritdoc/>
    public IBackend Backend { get; }

    /// <inheritdoc/>
    public ParameterStore Parameters { get; } = new();

    /// <summary>The embedding's grid.</summary>
    public Extent3 Grid { get; }

    /// <inheritdoc/>
    public Shape EmbeddingShape => new(1, Grid.D, Grid.H, Grid.W, config.Embedding);

    /// <summary>The grid of the decoder's logits: four times the embedding's.</summary>
    public Extent3 LowRes => new(4 * Grid.D, 4 * Grid.H, 4 * Grid.W);

    /// <summary>Bytes that the model keeps beside its parameters: the grid positions.</summary>
    public long ConstantBytes => Grid.Count * config.Embedding * sizeof(float);

    /// <inheritdoc/>
    public void Initialize(ulong seed)
    {
        Parameters.Initialize(Backend, seed);
        Reload();
    }

    /// <summary>Computes the grid positions from the parameters.</summary>
    public void Reload()
    {
        constants.Dispose();
        positions = prompts.DensePositions(Tape.ForInference(Backend, constants), Grid);
    }

    /// <summary>(B, X0, X1, X2, channels) to (B, g0, g1, g2, E).</summary>
    public Tensor Encode(Tape tape, Tensor image) => encoder.Forward(tape, image);

    /// <summary>One decoder pass: logits (B, 4g0, 4g1, 4g2).</summary>
    /// <param name="embedding">(B, g0, g1, g2, E), one per prompt, or (1, ...) shared by all.</param>
    /// <param name="mask">The previous logits (B, 4g0, 4g1, 4g2), or null.</param>
    public Tensor Decode(Tape tape, Tensor embedding, PromptTokens? tokens, Tensor? mask)
    {
        var cells = positions ?? throw new InvalidOperationException("XlstmSamModel: initialise or load the weights first.");
        tape.Enter("prompt_encoder");
        var batch = mask?.Shape[0] ?? tokens?.Table.Shape[0] ?? embedding.Shape[0];
        var sparse = tokens is null ? null : prompts.Sparse(tape, tokens, config.Input.Size);
        var dense = mask is null ? prompts.NoMask(tape, batch, Grid) : prompts.Dense(tape, mask.Reshape(batch, LowRes.D, LowRes.H, LowRes.W, 1));
        var image = Elementwise.Apply<Add>(tape, dense, embedding);
        tape.Enter("mask_decoder");
        return decoder.Masks(tape, image, cells, sparse).Reshape(batch, LowRes.D, LowRes.H, LowRes.W);
    }

    /// <summary>Logits (B, 4g0, 4g1, 4g2) on the input grid, (B, X0, X1, X2).</summary>
    public Tensor Upscale(Tape tape, Tensor logits)
    {
        var (batch, size) = (logits.Shape[0], config.Input.Size);
        return size == LowRes ? logits
            : Resample3d.Apply(tape, logits.Reshape(batch, LowRes.D, LowRes.H, LowRes.W, 1), size, ResampleMode.Trilinear).Reshape(batch, size.D, size.H, size.W);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        constants.Dispose();
        Parameters.Dispose();
    }
}
