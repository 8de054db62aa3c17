namespace XlstmSam.Training.Metrics;

/// <summary>Anything that turns an image and prompts into labels: the engine in this process, or a command with files.</summary>
public interface IInteractiveSegmenter
{
    /// <summary>
    /// Labels of all voxels, x fastest, in an array that the caller keeps; null when there is no result, which leaves the
    /// labels of the round before in place, as the challenge does.
    /// </summary>
    ushort[]? Predict(ChallengeRound round);
}
