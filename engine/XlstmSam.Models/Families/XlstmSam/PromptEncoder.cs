using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The widths of a prompt encoder.</summary>
internal sealed record PromptEncoderConfig(int Embedding, int PointEmbeddings = 4, int MaskChannels = 16, bool SwapDensePeAxes = true);

/// <summary>
/// Turns clicks, boxes and the previous mask into tokens. Source: SAM-Med3D, PromptEncoder3D, with the four point embeddings of its challenge
/// branch: negative, positive, first and second box corner.
/// </summary>
internal sealed class PromptEncoder
{
    private readonly PromptEncoderConfig config;
    private readonly Tensor gaussian;
    private readonly Tensor[] points;
    private readonly Tensor notAPoint, noMask;
    private readonly ConvLayer first, second, third;
    private readonly LayerNormLayer firstNorm, secondNorm;

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

    /// <summary>
    /// (B, N, E): one learned vector per token by its label, plus where it lies. Only the labels that may occur enter, so that the others receive
    /// no gradient.
    /// </summary>
    /// <param name="imageSize">The model's grid, which coordinates are relative to.</param>
    public Tensor Sparse(Tape tape, PromptTokens tokens, Extent3 imageSize)
    {
        var labels = Enumerable.Range(tokens.LowestLabel, tokens.HighestLabel - tokens.LowestLabel + 1);
        var table = Concat.Apply(tape, [.. labels.Select(label => Embedding(tape, label))], axis: 0);
        var (positions, rows) = PointEncoding.Apply(tape, tokens.Table, tokens.Window, imageSize, gaussian, tokens.LowestLabel);
        return Elementwise.Apply<Add>(tape, Gather.Apply(tape, table, rows, positions.Shape), positions);
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

    /// <summary>The position of every grid cell, (D H W, E). Upstream swaps the first two coordinates against the points'.</summary>
    public Tensor DensePositions(Tape tape, Extent3 grid)
    {
        // A plan may be of any size: it must not take the cells' memory.
        var table = tape.From(new((int)grid.Count, 1, 4), tape.Backend.Computes ? Cells(grid) : []);
        var extents = config.SwapDensePeAxes ? new(grid.H, grid.D, grid.W) : grid;
        var (positions, _) = PointEncoding.Apply(tape, table, new(0, 1), extents, gaussian, firstLabel: 0);
        return positions.Reshape((int)grid.Count, config.Embedding);
    }

    /// <summary>The points of all cells, as a table of prompts has them.</summary>
    private float[] Cells(Extent3 grid)
    {
        var cells = new float[4 * grid.Count];
        for (var cell = 0; cell < grid.Count; cell++)
        {
            var (d, h, w) = (cell / grid.W / grid.H, cell / grid.W % grid.H, cell % grid.W);
            (cells[4 * cell], cells[(4 * cell) + 1], cells[(4 * cell) + 2]) = config.SwapDensePeAxes ? (h, d, w) : (d, h, w);
        }

        return cells;
    }

    private Tensor Embedding(Tape tape, int label) =>
        label == PromptTable.Padding ? notAPoint : label < points.Length ? points[label] : tape.Zeros(new(1, config.Embedding));
}
