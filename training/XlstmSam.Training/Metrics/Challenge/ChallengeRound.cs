using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>The image of a case as a segmenter sees it: no labels. The case name is the name of its file.</summary>
public sealed record ChallengeImage(string CaseName, Volume<float> Volume);

/// <summary>One call of a segmenter: round 0 has boxes and no clicks, rounds 1 to 5 add one click per class.</summary>
/// <param name="PreviousPrediction">The labels of the round before, zeros in the first of all click rounds; null in the box round.</param>
public sealed record ChallengeRound(int Number, ChallengeImage Image, IReadOnlyList<ClassPrompts> Classes, ushort[]? PreviousPrediction);
