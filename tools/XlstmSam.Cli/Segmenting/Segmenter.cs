using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Cli.Segmenting;

/// <summary>An answer to prompts.</summary>
/// <param name="Encodes">How often the encoder ran for it.</param>
internal sealed record Answer(Volume<byte> Mask, long Voxels, TimeSpan Elapsed, int Encodes)
{
    public double Millilitres => Voxels * Math.Abs(Mask.Geometry.VoxelToWorld.Determinant) / 1000;
}

/// <summary>One object of one scan: asks the model and keeps what it computed before.</summary>
internal sealed class Segmenter(Predictor predictor, TimeProvider clock)
{
    private readonly ObjectSession conversation = predictor.NewObject();

    public Answer Ask(ObjectPrompts prompts)
    {
        var (start, encodes) = (clock.GetTimestamp(), predictor.Encodes);
        var mask = NativeMask.Of(predictor.Scan, conversation.Predict(prompts));
        return new(mask, mask.Voxels.Count(voxel => voxel != 0), clock.GetElapsedTime(start), predictor.Encodes - encodes);
    }

    /// <summary>
    /// The answer to all prompts. Where the grid stays on the volume's middle each prompt is asked in turn, which costs the same and times each;
    /// a grid on the prompts is placed by all of them at once.
    /// </summary>
    /// <returns>The answer, and the time of every prompt after the first; empty where they were not asked one by one.</returns>
    public (Answer Answer, TimeSpan First, IReadOnlyList<TimeSpan> Further) AskInTurn(ObjectPrompts prompts)
    {
        var further = new List<TimeSpan>();
        var known = prompts.Box is not null || prompts.Points.Count == 0 ? 0 : 1;
        if (!IsOnVolume(prompts) || known == prompts.Points.Count)
        {
            var answer = Ask(prompts);
            return (answer, answer.Elapsed, further);
        }

        var start = clock.GetTimestamp();
        conversation.Predict(prompts with { Points = [.. prompts.Points.Take(known)] });
        var first = clock.GetElapsedTime(start);
        for (var count = known + 1; count <= prompts.Points.Count; count++)
        {
            start = clock.GetTimestamp();
            conversation.Predict(prompts with { Points = [.. prompts.Points.Take(count)] });
            further.Add(clock.GetElapsedTime(start));
        }

        return (Ask(prompts) with { Encodes = predictor.Encodes }, first, further);
    }

    private bool IsOnVolume(ObjectPrompts prompts) => predictor.Model.Config.Roi == RoiPolicy.Volume
        && RegionPolicy.Choose(predictor.Model.Config, predictor.Scan, prompts, null) == Region.OnVolume(predictor.Scan.Image.Geometry);
}
