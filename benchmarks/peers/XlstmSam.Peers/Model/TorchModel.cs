using TorchSharp.Modules;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Peers.Ops;
using XlstmSam.Training;
using XlstmSam.Measuring;
using static TorchSharp.torch;
using Conv3d = TorchSharp.Modules.Conv3d;
using Tensor = TorchSharp.torch.Tensor;

namespace XlstmSam.Peers.Model;

/// <summary>The whole model in libtorch: encoder, prompt encoder, mask decoder, loss and optimiser, with the published names.</summary>
internal sealed class TorchModel : nn.Module
{
    private static readonly TrainingConfig Training = new();
    private readonly TorchForm form;
    private readonly TorchEncoder image_encoder;
    private readonly TorchPrompts prompt_encoder;
    private readonly TorchDecoder mask_decoder;
    private readonly long[] size;
    private readonly double decoderRate;
    private readonly Extent3 grid;
    private readonly Lazy<AdamW> optimizer;

    public TorchModel(XlstmSamConfig config, TorchForm form)
        : base(nameof(TorchModel))
    {
        (this.form, size) = (form, Array.ConvertAll(config.Size, side => (long)side));
        var stride = config.Encoder.TotalStride;
        decoderRate = config.Traits().ParameterGroups[^1].Rate;
        grid = new(config.Size[0] / stride, config.Size[1] / stride, config.Size[2] / stride);
        (image_encoder, prompt_encoder, mask_decoder) = (new(config.Encoder, form), new(config), new(config));
        RegisterComponents();
        foreach (var conv in modules().OfType<Conv3d>())
        {
            conv.weight = new(form.Layout.Place(conv.weight.detach()));
        }

        optimizer = new(Optimizer);
    }

    /// <summary>Takes the weights of our model. Every name must be there on both sides.</summary>
    public void CopyFrom(IPromptModel model)
    {
        using var _ = no_grad();
        var theirs = named_parameters()
            .Select(p => (p.name, Value: (Tensor)p.parameter)).Concat(named_buffers().Select(b => (b.name, Value: b.buffer)))
            .ToDictionary(p => p.name, p => p.Value);
        var strays = theirs.Keys.Except(model.Parameters.All.Select(p => p.Name))
            .Concat(model.Parameters.All.Select(p => p.Name).Except(theirs.Keys)).ToArray();
        if (strays.Length > 0)
        {
            throw new DisagreementException($"the models differ in {strays.Length} parameters, first '{strays[0]}'; expected the same names on both sides.");
        }

        foreach (var parameter in model.Parameters.All)
        {
            using var values = tensor(ParameterStore.Read(model.Backend, parameter), Array.ConvertAll(parameter.PublishedShape.ToArray(), size => (long)size));
            theirs[parameter.Name].copy_(values);
        }
    }

    public Tensor Image(ModelInputs inputs) => form.Layout.Place(tensor(inputs.Image, [1, 1, inputs.Side, inputs.Side, inputs.Side]));

    /// <summary>(1, E, g, g, g).</summary>
    public Tensor Encode(Tensor image)
    {
        using var _ = inference_mode();
        return image_encoder.forward(image);
    }

    /// <summary>The position encoding of the grid, which stays the same from click to click.</summary>
    public Tensor Positions()
    {
        using var _ = inference_mode();
        return prompt_encoder.Positions(grid);
    }

    /// <summary>One click on an embedding that was kept: logits (1, 1, X0, X1, X2).</summary>
    public Tensor Click(Tensor embedding, Tensor positions, PromptBatch click)
    {
        using var _ = inference_mode();
        using var mask = Decode(embedding, positions, click, NoLogits());
        return Upscale(mask);
    }

    /// <summary>Encode, decode every round on the logits of the round before, sum of the losses, backward, update. Returns the loss.</summary>
    public double Step(Tensor image, Tensor target, IReadOnlyList<PromptBatch> rounds)
    {
        using var scope = NewDisposeScope();
        optimizer.Value.zero_grad();
        var positions = prompt_encoder.Positions(grid);
        var embedding = image_encoder.forward(image);
        var (mask, loss) = (NoLogits(), zeros(1).squeeze());
        foreach (var round in rounds)
        {
            mask = mask.Then(previous => Decode(embedding, positions, round, previous));
            using var logits = Upscale(mask).flatten();
            using var value = TorchTraining.DiceCe(logits, target);
            loss = loss.Then(sum => sum + value);
        }

        loss.backward();
        optimizer.Value.step();
        return loss.item<float>();
    }

    private Tensor NoLogits() => zeros([1, 1, 4 * grid.D, 4 * grid.H, 4 * grid.W]);

    private Tensor Decode(Tensor embedding, Tensor positions, PromptBatch prompt, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return mask_decoder.Mask(prompt_encoder.Dense(mask) + embedding, positions, prompt_encoder.Sparse(prompt)).MoveToOuterDisposeScope();
    }

    private Tensor Upscale(Tensor mask) =>
        nn.functional.interpolate(mask, size, mode: InterpolationMode.Trilinear, align_corners: false);

    /// <summary>As our optimiser: the prompt encoder and the decoder learn at a tenth of the encoder's rate.</summary>
    private AdamW Optimizer()
    {
        var rate = Training.LearningRate;
        return optim.AdamW(
            [
                new AdamW.ParamGroup(image_encoder.parameters(), new AdamW.Options { LearningRate = rate, weight_decay = Training.WeightDecay }),
                new AdamW.ParamGroup(
                    prompt_encoder.parameters().Concat(mask_decoder.parameters()),
                    new AdamW.Options { LearningRate = rate * decoderRate, weight_decay = Training.WeightDecay }),
            ],
            rate,
            weight_decay: Training.WeightDecay);
    }
}
