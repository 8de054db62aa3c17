using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// A residual U-Net over image and prompts: image, positive clicks, negative clicks, box and the previous round's logits are channels of one input. The
/// embedding is the image itself; every round runs the whole network. Levels of residual blocks with instance norms and leaky ReLUs halve the grid on the
/// way down; transposed convolutions and the skipped levels bring it back.
/// </summary>
internal sealed class ResidualUNetModel : IPromptModel
{
    private readonly ResidualUNetConfig config;
    private readonly PromptDrawing drawing;
    private readonly Arena constants;
    private readonly List<Level> down = [];
    private readonly List<UpLevel> up = [];
    private readonly ConvLayer head;
    private bool isLoaded;

    /// <param name="training">Also allocate gradients and the optimiser's moments.</param>
    /// <param name="recompute">Names of the levels that backward runs again; null for none.</param>
    public ResidualUNetModel(ResidualUNetConfig config, IBackend backend, bool training, IReadOnlyCollection<string>? recompute = null)
    {
        (this.config, Backend, drawing) = (config, backend, new(config.Input.Size, config.ClickRadius));
        var width = config.InputChannels + PromptDrawing.Channels + 1;
        for (var level = 0; level < config.Features.Length; level++)
        {
            var scope = Parameters.Root["down"][level];
            down.Add(new(scope, width, config.Features[level], level == 0 ? 1 : 2, config.Blocks[level], recompute?.Contains($"down{level}") == true));
            width = config.Features[level];
        }

        for (var level = config.Features.Length - 2; level >= 0; level--)
        {
            up.Add(new(Parameters.Root["up"][level], config.Features[level + 1], config.Features[level], recompute?.Contains($"up{level}") == true));
        }

        head = new(Parameters.Root["head"], new(config.Features[0], 1, Kernel: 1), he: false);
        Parameters.Materialize(backend, training);
        constants = Arena.Free(backend);
    }

    /// <inheritdoc/>
    public ModelConfig Config => config;

    /// <inheritdoc/>
    public IBackend Backend { get; }

    /// <inheritdoc/>
    public ParameterStore Parameters { get; } = new();

    /// <summary>The image itself, (1, X0, X1, X2, channels).</summary>
    public Shape EmbeddingShape => config.Input.Images(1);

    /// <summary>The input grid.</summary>
    public Extent3 LowRes => config.Input.Size;

    /// <summary>What prompts are drawn with.</summary>
    public long ConstantBytes => drawing.ConstantBytes;

    /// <inheritdoc/>
    public void Initialize(ulong seed)
    {
        Parameters.Initialize(Backend, seed);
        Reload();
    }

    /// <summary>Takes the drawing's constants to the device. They do not depend on the parameters.</summary>
    public void Reload()
    {
        if (!isLoaded)
        {
            drawing.Load(Tape.ForInference(Backend, constants));
            isLoaded = true;
        }
    }

    /// <summary>The images as they are.</summary>
    public Tensor Encode(Tape tape, Tensor image) => image;

    /// <inheritdoc/>
    public Tensor Decode(Tape tape, Tensor embedding, PromptTokens? tokens, Tensor? mask)
    {
        var batch = mask?.Shape[0] ?? tokens?.Table.Shape[0] ?? embedding.Shape[0];
        var x = Input(tape, batch, embedding, tokens, mask);
        var skips = new Stack<Tensor>();
        foreach (var level in down)
        {
            x = level.Forward(tape, x);
            skips.Push(x);
        }

        skips.Pop();
        foreach (var level in up)
        {
            x = level.Forward(tape, x, skips.Pop());
        }

        tape.Enter("head");
        return head.Forward(tape, x).Reshape(batch, LowRes.D, LowRes.H, LowRes.W);
    }

    /// <summary>The logits as they are: they lie on the input grid.</summary>
    public Tensor Upscale(Tape tape, Tensor logits) => logits;

    /// <inheritdoc/>
    public void Dispose()
    {
        constants.Dispose();
        Parameters.Dispose();
    }

    /// <summary>All channels, (B, X0, X1, X2, channels + 4). The logits are squeezed to (-1, 1), so that 0 is nothing known.</summary>
    private Tensor Input(Tape tape, int batch, Tensor embedding, PromptTokens? tokens, Tensor? mask)
    {
        if (!isLoaded)
        {
            throw new InvalidOperationException("ResidualUNetModel: initialise or load the weights first.");
        }

        tape.Enter("prompts");
        var size = LowRes;
        var shape = new Shape(batch, size.D, size.H, size.W, 1);
        var image = embedding.Shape[0] == batch ? embedding : Repeat.Apply(tape, embedding, batch);
        var prompts = tokens is null ? tape.Zeros(shape.With(4, PromptDrawing.Channels)) : drawing.Draw(tape, tokens);
        var previous = mask is null ? tape.Zeros(shape) : Elementwise.Apply<Tanh>(tape, mask.Reshape(shape));
        return Concat.Apply(tape, [image, prompts, previous], axis: 4);
    }

    /// <summary>Residual blocks on one grid; the first changes the width and, below the first level, halves the grid.</summary>
    private sealed class Level(ParameterScope scope, int inputs, int outputs, int stride, int blocks, bool recompute)
    {
        private readonly BasicResBlock first = new(scope[0], inputs, outputs, stride);
        private readonly BasicBlockD[] others = [.. Enumerable.Range(1, blocks - 1).Select(block => new BasicBlockD(scope[block], outputs))];

        public Tensor Forward(Tape tape, Tensor x)
        {
            tape.Enter(scope.Path);
            return recompute ? Checkpoint.Apply(tape, Blocks, x) : Blocks(tape, x);
        }

        private Tensor Blocks(Tape tape, Tensor x) => others.Aggregate(first.Forward(tape, x), (y, block) => block.Forward(tape, y));
    }

    /// <summary>Doubles a grid, joins the level that was skipped, and one residual block.</summary>
    private sealed class UpLevel(ParameterScope scope, int inputs, int outputs, bool recompute)
    {
        private readonly UpConvLayer rise = new(scope["rise"], inputs, outputs);
        private readonly BasicResBlock block = new(scope["block"], 2 * outputs, outputs, stride: 1);

        public Tensor Forward(Tape tape, Tensor x, Tensor skip)
        {
            tape.Enter(scope.Path);
            var joined = Concat.Apply(tape, [rise.Forward(tape, x), skip], axis: 4);
            return recompute ? Checkpoint.Apply(tape, block.Forward, joined) : block.Forward(tape, joined);
        }
    }
}
