namespace XlstmSam.Training;

/// <summary>How good a batch of predictions is, and whether the prompts are what made it so, from the Dice of predictions and targets.</summary>
internal static class PromptScores
{
    /// <summary>Every target's own prediction, and then what was predicted for one part of an image with every other part: logits and target, by
    /// number.</summary>
    public static int[] Pairs(IReadOnlyList<TrainingSample> samples)
    {
        var (own, others, first) = (new List<int>(), new List<int>(), 0);
        foreach (var sample in samples)
        {
            for (var wanted = first; wanted < first + sample.Targets.Length; wanted++)
            {
                own.AddRange([wanted, wanted]);
                for (var clicked = first; clicked < first + sample.Targets.Length; clicked++)
                {
                    others.AddRange(clicked == wanted ? [] : [clicked, wanted]);
                }
            }

            first += sample.Targets.Length;
        }

        return [.. own, .. others];
    }

    /// <summary>
    /// Dice with the wanted part when it was clicked, minus when another part of the same image was clicked, averaged over all such pairs; NaN
    /// without any.
    /// </summary>
    /// <param name="dice">Of all <see cref="Pairs"/>.</param>
    public static double Drop(ReadOnlySpan<float> dice, IReadOnlyList<TrainingSample> samples)
    {
        var (own, other) = (0, samples.Sum(sample => sample.Targets.Length));
        var (sum, pairs) = (0.0, 0);
        foreach (var sample in samples)
        {
            for (var wanted = 0; wanted < sample.Targets.Length; wanted++, own++)
            {
                for (var clicked = 0; clicked < sample.Targets.Length; clicked++)
                {
                    if (clicked == wanted)
                    {
                        continue;
                    }

                    if (!sample.Targets[clicked].AsSpan().SequenceEqual(sample.Targets[wanted]))
                    {
                        (sum, pairs) = (sum + dice[own] - dice[other], pairs + 1);
                    }

                    other++;
                }
            }
        }

        return pairs == 0 ? double.NaN : sum / pairs;
    }

    public static double Mean(ReadOnlySpan<float> dice)
    {
        var sum = 0.0;
        foreach (var value in dice)
        {
            sum += value;
        }

        return sum / dice.Length;
    }
}
