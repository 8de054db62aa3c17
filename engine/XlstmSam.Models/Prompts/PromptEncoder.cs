using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The widths of a prompt encoder.</summary>
public sealed record PromptEncoderConfig(int Embedding, int PointEmbeddings = 4, int MaskChannels = 16, bool SwapDensePeAxes = true);

/// <summary>
/// Turns clicks, boxes and the previous mask into tokens. Source: SAM-Med3D, PromptEncoder3D, with the four point embeddings of its challenge
/// branch: negative, positive, first and second box corner.
/// </summary>
public sealed class PromptEncoder
{
    private const int Padding = -1;
    private const int Negative = 0;
    private const int Positive = 1;
    private const int FirstCorner = 2;
    private const int Unlabelled = int.MaxValue;
    private readonly PromptEncoderConfig config;
    private readonly Tensor gaussian;
    private readonly Tensor[] points;
    private readonly Tensor notAPoint, noMask;
    private readonly ConvLayer first, second, third;
    private readonly LayerNormLayer firstNorm, secondNorm;
    private PositionEncoding? positions;

    public PromptEncoder(ParameterScope scope, PromptEncoderConfig config)
    {
        this.config = config;
        var (width, mask) = (config.Embedding, config.MaskChannels);
        gaussian = scope.Buffer("pe_layer.positional_encoding_gaussian_matrix", new(3, width / 3), new Init.Normal(1));
        points = [.. Enumerable.Range(0, config.PointEmbeddings).Select(p => scope["point_embeddings"][p].Parameter("weight", new(1, width), new Init.Normal(1)))];
        notAPoint = scope.Parameter("not_a_point_embed.weight", new(1, width), new Init.Normal(1));
        noMask = scope.Parameter("no_mask_embed.weight", new(1, width), new Init.Normal(1));
        var down = scope["mask_downscaling"];
        first = new(down["0"], new(1, mask / 4, Kernel: 2, Stride: 2), he: false);
        firstNorm = new(down["1"], mask / 4, 1e-6f);
        second = new(down["3"], new(mask / 4, mask, Kernel: 2, Stride: 2), he: false);
        secondNorm = new(down["4"], mask, 1e-6f);
        third = new(down["6"], new(mask, width, Kernel: 1), he: false);
    }

    /// <summary>The width of a token.</summary>
    public int Width => config.Embedding;

    /// <summary>The prompts on the device, or null without any. Without boxes one padding point is appended to the points.</summary>
    /// <param name="imageSize">The model's grid, which coordinates are relative to.</param>
    public PromptTokens? Tokens(Tape tape, PromptBatch prompts, Extent3 imageSize)
    {
        if (prompts.IsEmpty)
        {
            return null;
        }

        var width = config.Embedding;
        var padded = prompts.PointsPerItem > 0 && prompts.Boxes is null ? 1 : 0;
        var perItem = prompts.PointsPerItem + padded + (prompts.Boxes is null ? 0 : 2);
        var encodings = new float[prompts.Batch * perItem * width];
        var labels = new int[prompts.Batch * perItem];
        for (var b = 0; b < prompts.Batch; b++)
        {
            var token = b * perItem;
            for (var p = 0; p < prompts.PointsPerItem; p++, token++)
            {
                var at = (b * prompts.PointsPerItem) + p;
                labels[token] = prompts.Labels[at] is Padding or Negative or Positive ? prompts.Labels[at] : Unlabelled;
                Encode(prompts.Points.AsSpan(3 * at, 3), imageSize, labels[token], encodings.AsSpan(token * width, width));
            }

            if (padded > 0)
            {
                labels[token++] = Padding;
            }

            for (var corner = 0; corner < 2 && prompts.Boxes is not null; corner++, token++)
            {
                labels[token] = FirstCorner + corner;
                Encode(prompts.Boxes.AsSpan((6 * b) + (3 * corner), 3), imageSize, labels[token], encodings.AsSpan(token * width, width));
            }
        }

        // Both signs of a click are always in use, so that the shapes do not depend on where clicks fall.
        int[] kinds = [.. labels.Concat(labels.Any(label => label is Negative or Positive) ? [Negative, Positive] : []).Distinct().Order()];
        var rows = Array.ConvertAll(labels, label => Array.BinarySearch(kinds, label));
        return new(tape.From(new(prompts.Batch, perItem, width), encodings), tape.Indices(rows), kinds);
    }

    /// <summary>
    /// (B, N, E): one learned vector per token by its kind, plus where it lies. Only the kinds in use enter, so that the others receive no
    /// gradient. Unknown labels get zero.
    /// </summary>
    public Tensor Sparse(Tape tape, PromptTokens tokens)
    {
        var table = Concat.Apply(tape, [.. tokens.Kinds.Select(label => Embedding(tape, label))], axis: 0);
        return Elementwise.Apply<Add>(tape, Gather.Apply(tape, table, tokens.Rows, tokens.Encodings.Shape), tokens.Encodings);
    }

    /// <summary>The previous logits (B, 4g, 4g, 4g, 1) as (B, g, g, g, E).</summary>
    public Tensor Dense(Tape tape, Tensor mask)
    {
        var y = Elementwise.Apply<Gelu>(tape, firstNorm.Forward(tape, first.Forward(tape, mask)));
        y = Elementwise.Apply<Gelu>(tape, secondNorm.Forward(tape, second.Forward(tape, y)));
        return third.Forward(tape, y);
    }

    /// <summary>The dense prompt without a mask: one learned vector in every cell.</summary>
    public Tensor NoMask(Tape tape, int batch, Extent3 grid) =>
        Repeat.Apply(tape, noMask, checked((int)(batch * grid.Count))).Reshape(batch, grid.D, grid.H, grid.W, config.Embedding);

    /// <summary>The position of every grid cell, (D H W, E).</summary>
    public Tensor DensePositions(Tape tape, Extent3 grid)
    {
        var shape = new Shape((int)grid.Count, config.Embedding);
        return tape.Arena.IsPlanning ? tape.Empty(shape, requiresGrad: false) : tape.From(shape, Positions.Grid(grid, config.SwapDensePeAxes));
    }

    /// <summary>Takes the position encoding from the weights; call after they were drawn or loaded.</summary>
    public void Reload(IBackend backend)
    {
        var values = new float[gaussian.Shape.Length];
        backend.Download(gaussian.Data, values);
        positions = new(values);
    }

    private PositionEncoding Positions => positions ?? throw new InvalidOperationException("PromptEncoder: initialise or load the weights first.");

    private void Encode(ReadOnlySpan<float> voxel, Extent3 size, int label, Span<float> encoding)
    {
        if (label != Padding)
        {
            Positions.Encode((voxel[0] + 0.5) / size.D, (voxel[1] + 0.5) / size.H, (voxel[2] + 0.5) / size.W, encoding);
        }
    }

    private Tensor Embedding(Tape tape, int label) =>
        label == Padding ? notAPoint : label < points.Length ? points[label] : tape.Zeros(new(1, config.Embedding));
}
