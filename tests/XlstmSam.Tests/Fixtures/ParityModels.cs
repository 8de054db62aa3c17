using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using static XlstmSam.Tests.Fixtures.ParityAxes;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Cases of the encoder, the prompt encoder, the decoder and the whole model.</summary>
internal static class ParityModels
{
    public static void Encoder(ParityPass pass)
    {
        var config = new ParityShapes(pass.Weights).Encoder(pass.Options);
        var size = pass.InputShape("x");
        var width = pass.Weights.Has("param.neck.weight") ? pass.Weights.Shape("param.neck.weight")[0] : config.Features[^1];
        var encoder = new ImageEncoder(pass.Scope, config, new(size[2], size[3], size[4]), width);
        pass.Load();
        pass.Output("y", encoder.Forward(pass.Tape, pass.Input("x", ChannelsLast)), ChannelsLast);
    }

    public static void Transformer(ParityPass pass)
    {
        var transformer = new TwoWayTransformer(pass.Scope, new ParityShapes(pass.Weights).Transformer(pass.Options));
        pass.Load();
        var image = pass.Input("image", ChannelsLast);
        var cells = (int)image.Shape.Product(1, 4);
        var (queries, keys) = transformer.Forward(pass.Tape, image.Reshape(image.Shape[0], cells, image.Shape[4]), Positions(pass), pass.Input("points"));
        pass.Output("queries", queries);
        pass.Output("keys", keys);
    }

    public static void Decoder(ParityPass pass)
    {
        var config = new ParityShapes(pass.Weights).Decoder(pass.Options);
        var decoder = new MaskDecoder(pass.Scope, config);
        pass.Load();
        var image = Elementwise.Apply<Add>(pass.Tape, pass.Input("dense", ChannelsLast), pass.Input("image", ChannelsLast));
        var sparse = pass.InputShape("sparse")[1] == 0 ? null : pass.Input("sparse");

        // One mask is the single answer, all but one the ambiguous ones.
        var count = pass.File.Shape("output.masks")[1];
        var (masks, iou) = decoder.Forward(pass.Tape, image, Positions(pass), sparse, config.MaskTokens - 1 == count ? 1 : 0, count, withIou: true);
        pass.Output("masks", masks);
        pass.Output("iou", iou!);
    }

    public static void Prompts(ParityPass pass)
    {
        var encoder = new PromptEncoder(pass.Scope, new ParityShapes(pass.Weights).Prompts(pass.Options));
        pass.Load();
        var (tape, grid) = (pass.Tape, pass.Options.Extent("image_embedding_size")!.Value);
        var prompts = PromptsOf(pass);
        if (prompts.Upload(tape) is { } tokens)
        {
            pass.Output("sparse", encoder.Sparse(tape, tokens, pass.Options.Extent("input_image_size")!.Value));
        }
        else
        {
            pass.Output("sparse", Array.Empty<float>());
        }

        var dense = pass.File.Has("input.mask") ? encoder.Dense(tape, pass.Input("mask", ChannelsLast)) : encoder.NoMask(tape, prompts.Batch, grid);
        pass.Output("dense", dense, ChannelsLast);
        pass.Output("pe", encoder.DensePositions(tape, grid).Reshape(1, grid.D, grid.H, grid.W, encoder.Width), ChannelsLast);
    }

    /// <summary>Encode once; then per round the newest click, or none once they are used up, and the previous logits as the mask prompt.</summary>
    public static void Interaction(ParityPass pass)
    {
        var model = BuildModel(pass);
        pass.Adopt(model.Parameters);
        pass.Load(materialize: false);
        model.Reload();
        var tape = pass.Tape;
        var embedding = model.Encode(tape, pass.Input("image", ChannelsLast));
        var truth = pass.InputShape("gt");
        var targets = tape.Labels(pass.File.Labels("input.gt"));
        var mask = tape.Zeros(new(truth[0], model.LowRes.D, model.LowRes.H, model.LowRes.W));
        Tensor? full = null, total = null;
        for (var round = 0; pass.File.Has($"output.loss{round}"); round++)
        {
            mask = model.Decode(tape, embedding, Click(pass, round, truth[0]).Upload(tape), mask);
            full = Resample3d.Apply(
                tape, mask.Reshape(truth[0], model.LowRes.D, model.LowRes.H, model.LowRes.W, 1), new(truth[2], truth[3], truth[4]), ResampleMode.Trilinear);
            var loss = DiceCe.Apply(tape, full.Reshape(truth[0], (int)full.Shape.Product(1, 5)), targets, DiceCeWeights.Default);
            total = total is null ? loss : Elementwise.Apply<Add>(tape, total, loss);
            pass.Output($"low{round}", mask);
            pass.Output($"loss{round}", loss);
        }

        pass.Output("embedding", embedding, ChannelsLast);
        pass.Output("final", full!, ChannelsLast);
        pass.Output("total_loss", total!);
    }

    /// <summary>The one stride of all axes.</summary>
    public static int Cube(Extent3 stride) => stride.D == stride.H && stride.H == stride.W ? stride.D
        : throw new InvalidDataException($"the stride is {stride}; blocks have one stride for all axes");

    private static IPromptModel BuildModel(ParityPass pass)
    {
        var (size, weights) = (pass.InputShape("image")[2..], pass.Weights);
        var decoder = new ParityShapes(weights, "mask_decoder.").Decoder(pass.Options["decoder"]);
        var prompts = new ParityShapes(weights, "prompt_encoder.").Prompts(pass.Options["prompt"]);
        return new XlstmSamModel(
            new()
            {
                Name = pass.Name,
                Size = size,
                Encoder = new ParityShapes(weights, "image_encoder.").Encoder(pass.Options["encoder"]),
                Embedding = prompts.Embedding,
                DecoderDepth = decoder.Transformer.Depth,
                DecoderHeads = decoder.Transformer.Heads,
                DecoderMlp = decoder.Transformer.Mlp,
                MaskTokens = decoder.MaskTokens,
                IouHidden = decoder.IouHidden,
                PointEmbeddings = prompts.PointEmbeddings,
                MaskChannels = prompts.MaskChannels,
                SwapDensePeAxes = prompts.SwapDensePeAxes,
            },
            pass.Backend,
            training: true);
    }

    private static PromptBatch Click(ParityPass pass, int round, int batch)
    {
        var shape = pass.InputShape("points");
        if (round >= shape[0])
        {
            return PromptBatch.None(batch);
        }

        var count = shape[1] * shape[2];
        var points = pass.File.Floats("input.points").AsSpan(3 * count * round, 3 * count).ToArray();
        return new(batch, shape[2], points, pass.File.Integers("input.labels").AsSpan(count * round, count).ToArray());
    }

    private static PromptBatch PromptsOf(ParityPass pass)
    {
        var file = pass.File;
        var boxes = file.Has("input.boxes") ? file.Floats("input.boxes") : null;
        if (file.Has("input.points"))
        {
            var shape = file.Shape("input.points");
            return new(shape[0], shape[1], file.Floats("input.points"), file.Integers("input.labels"), boxes);
        }

        var batch = boxes is not null ? boxes.Length / 6 : file.Has("input.mask") ? file.Shape("input.mask")[0] : 1;
        return PromptBatch.None(batch) with { Boxes = boxes };
    }

    /// <summary>The positions (S, E) that all samples share, or (B, S, E).</summary>
    private static Tensor Positions(ParityPass pass)
    {
        var pe = pass.Input("pe", ChannelsLast);
        var (cells, width) = ((int)pe.Shape.Product(1, 4), pe.Shape[4]);
        return pe.Shape[0] == 1 ? pe.Reshape(cells, width) : pe.Reshape(pe.Shape[0], cells, width);
    }
}
