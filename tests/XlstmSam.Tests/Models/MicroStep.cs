using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Models;

/// <summary>
/// The phases of a training step of two rounds: a click of its own per sample with no mask, then another with the first round's logits. Gives
/// the sum of the losses and the logits of the last round.
/// </summary>
internal sealed class MicroStep(IPromptModel model, float[][] images, int[] seeds, bool backward)
{
    public Given Inputs(Tape tape) => new(
        tape.From(new(images.Length, model.Input.Size.D, model.Input.Size.H, model.Input.Size.W, 1), [.. images.SelectMany(image => image)]),
        tape.Labels([.. seeds.SelectMany(seed => Sampler.Labels(seed, model.Input.Size.Count))]),
        [Clicks(round: 0).Upload(tape), Clicks(round: 1).Upload(tape)]);

    public Computed Compute(Tape tape, Given given)
    {
        var embedding = model.Encode(tape, given.Image);
        Tensor? mask = null;
        var losses = new List<Tensor>();
        foreach (var prompts in given.Prompts)
        {
            mask = model.Decode(tape, embedding, prompts, mask);
            losses.Add(DiceCe.Apply(tape, model.Upscale(tape, mask), given.Labels, DiceCeWeights.Default));
        }

        if (backward)
        {
            tape.Backward(losses);
        }

        return new(losses, mask!);
    }

    public (double Loss, float[] Logits) Outputs(Tape tape, Computed computed) =>
        (computed.Losses.Sum(loss => (double)tape.Download(loss)[0]), tape.Download(computed.Logits));

    private PromptBatch Clicks(int round)
    {
        var points = seeds.SelectMany(seed => Enumerable.Range(0, 3).Select(axis =>
            MathF.Floor((float)Sampler.Unit(seed + (10 * round), axis) * model.Config.Size[axis]))).ToArray();
        return new(seeds.Length, 1, points, [.. seeds.Select((_, sample) => (sample + round) % 2)]);
    }

    public sealed record Given(Tensor Image, Block Labels, PromptTokens?[] Prompts);

    public sealed record Computed(List<Tensor> Losses, Tensor Logits);
}
