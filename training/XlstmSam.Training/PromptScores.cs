namespace XlstmSam.Training;

/// <summary>How good a batch of predictions is, and whether the prompts are what made it so.</summary>
internal static class PromptScores
{
    /// <summary>The mean Dice of logits > 0 against their targets.</summary>
    public static double Dice(ReadOnlySpan<float> logits, byte[][] targets)
    {
        var sum = 0.0;
        for (var t = 0; t < targets.Length; t++)
        {
            sum += Dice(logits.Slice(t * targets[t].Length, targets[t].Length), targets[t]);
        }

        return sum / targets.Length;
    }

    /// <summary>
    /// Dice with the wanted part when it was clicked, minus when another part of the same image was clicked, averaged over all such pairs.
    /// </summary>
    public static double Drop(ReadOnlySpan<float> logits, IReadOnlyList<TrainingSample> samples)
    {
        var (sum, pairs, first) = (0.0, 0, 0);
        foreach (var sample in samples)
        {
            for (var wanted = 0; wanted < sample.Targets.Length; wanted++)
            {
                for (var clicked = 0; clicked < sample.Targets.Length; clicked++)
                {
                    if (clicked == wanted || sample.Targets[clicked].AsSpan().SequenceEqual(sample.Targets[wanted]))
                    {
                        continue;
                    }

                    var target = sample.Targets[wanted];
                    sum += Dice(logits.Slice((first + wanted) * target.Length, target.Length), target)
                        - Dice(logits.Slice((first + clicked) * target.Length, target.Length), target);
                    pairs++;
                }
            }

            first += sample.Targets.Length;
        }

        return pairs == 0 ? double.NaN : sum / pairs;
    }

    private static double Dice(ReadOnlySpan<float> logits, ReadOnlySpan<byte> target)
    {
        var (both, either) = (0L, 0L);
        for (var i = 0; i < target.Length; i++)
        {
            var predicted = logits[i] > 0 ? 1 : 0;
            both += predicted & target[i];
            either += predicted + target[i];
        }

        return either == 0 ? 1 : 2.0 * both / either;
    }
}
