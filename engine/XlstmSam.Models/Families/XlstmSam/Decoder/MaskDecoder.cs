using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The widths of a mask decoder.</summary>
internal sealed record MaskDecoderConfig(TransformerConfig Transformer, int MaskTokens = 4, int IouHidden = 256);

/// <summary>
/// Image embedding and prompt tokens to mask logits of four times the grid's resolution. Source: SAM-Med3D, MaskDecoder3D.
/// </summary>
internal sealed class MaskDecoder
{
    private readonly int width;
    private readonly TwoWayTransformer transformer;
    private readonly Tensor iouToken, maskTokens;
    private readonly UpConvLayer firstUp, secondUp;
    private readonly LayerNormLayer upNorm;
    private readonly MlpLayer[] hypernetworks;
    private readonly MlpLayer iouHead;

    public MaskDecoder(ParameterScope scope, MaskDecoderConfig config)
    {
        width = config.Transformer.Embedding;
        transformer = new(scope["transformer"], config.Transformer);
        iouToken = scope.Parameter("iou_token.weight", new(1, width), new Init.Normal(1));
        maskTokens = scope.Parameter("mask_tokens.weight", new(config.MaskTokens, width), new Init.Normal(1));
        var up = scope["output_upscaling"];
        firstUp = new(up["0"], width, width / 4);
        upNorm = new(up["1"], width / 4, 1e-6f);
        secondUp = new(up["3"], width / 4, width / 8);
        hypernetworks = [.. Enumerable.Range(0, config.MaskTokens).Select(m => new MlpLayer(scope["output_hypernetworks_mlps"][m], width, width, width, width / 8))];
        iouHead = new(scope["iou_prediction_head"], width, config.IouHidden, config.IouHidden, config.MaskTokens);
    }

    /// <summary>Masks [first, first + count) as (B, count, 4g0, 4g1, 4g2): mask 0 is the single answer, masks 1 to 3 the ambiguous ones.</summary>
    /// <param name="image">The embedding plus the dense prompt, (B, g0, g1, g2, E).</param>
    /// <param name="positions">(g0 g1 g2, E).</param>
    /// <param name="sparse">(B, N, E), or null.</param>
    public Tensor Masks(Tape tape, Tensor image, Tensor positions, Tensor? sparse, int first = 0, int count = 1) => Forward(tape, image, positions, sparse, first, count, withIou: false).Masks;

    /// <summary>Masks and the predicted IoU of all mask tokens, (B, tokens), without a sigmoid.</summary>
    public (Tensor Masks, Tensor? Iou) Forward(Tape tape, Tensor image, Tensor positions, Tensor? sparse, int first, int count, bool withIou)
    {
        var (batch, grid) = (image.Shape[0], new Extent3(image.Shape[1], image.Shape[2], image.Shape[3]));
        var (queries, keys) = transformer.Forward(tape, image.Reshape(batch, (int)grid.Count, width), positions, Tokens(tape, sparse, batch));
        var upscaled = Upscale(tape, keys.Reshape(batch, grid.D, grid.H, grid.W, width));
        var channels = upscaled.Shape[4];
        var voxels = (int)upscaled.Shape.Product(1, 4);
        var vectors = Enumerable.Range(first, count).Select(m => hypernetworks[m].Forward(tape, Token(tape, queries, 1 + m))).ToArray();
        var products = MatMul.Apply(
            tape,
            upscaled.Reshape(batch, voxels, channels),
            count == 1 ? vectors[0].Reshape(batch, channels, 1) : Transpose.Apply(tape, Concat.Apply(tape, vectors, axis: 1)));
        var masks = count == 1 ? products : Transpose.Apply(tape, products);
        var iou = withIou ? iouHead.Forward(tape, Token(tape, queries, 0).Reshape(batch, width)) : null;
        return (masks.Reshape(batch, count, upscaled.Shape[1], upscaled.Shape[2], upscaled.Shape[3]), iou);
    }

    private static Tensor Token(Tape tape, Tensor queries, int index) => Slice.Apply(tape, queries, axis: 1, index, 1);

    private Tensor Tokens(Tape tape, Tensor? sparse, int batch)
    {
        var output = Concat.Apply(tape, [iouToken, maskTokens], axis: 0);
        var tokens = Repeat.Apply(tape, output.Reshape(1, output.Shape[0], width), batch);
        return sparse is null ? tokens : Concat.Apply(tape, [tokens, sparse], axis: 1);
    }

    private Tensor Upscale(Tape tape, Tensor volume)
    {
        var y = Elementwise.Apply<Gelu>(tape, upNorm.Forward(tape, firstUp.Forward(tape, volume)));
        return Elementwise.Apply<Gelu>(tape, secondUp.Forward(tape, y));
    }
}
