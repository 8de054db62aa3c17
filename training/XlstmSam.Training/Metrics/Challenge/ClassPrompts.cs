using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>What a segmenter is told about one class: its box, and its clicks in order, null for a round in which it was already perfect.</summary>
public sealed record ClassPrompts(ushort Label, ChallengeBox? Box, IReadOnlyList<Click?> Clicks)
{
    /// <summary>'fg', 'bg' or null for every round, as the challenge's clicks_order has it.</summary>
    public IEnumerable<string?> Order => Clicks.Select(static click => click?.Kind);

    public IEnumerable<Click> Foreground => Clicks.OfType<Click>().Where(static click => click.Positive);

    public IEnumerable<Click> Background => Clicks.OfType<Click>().Where(static click => !click.Positive);
}
