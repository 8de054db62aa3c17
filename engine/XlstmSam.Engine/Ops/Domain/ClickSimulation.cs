using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The simulated user's next click on every mask; see <see cref="IClickSimulation"/>.</summary>
public static class ClickSimulation
{
    /// <summary>Writes one entry of every row of the prompts.</summary>
    /// <param name="grid">Of the masks.</param>
    /// <param name="logits">(N, D, H, W), or null for clicks inside the targets.</param>
    /// <param name="targets">One byte per voxel of every mask.</param>
    /// <param name="draws">(Rounds, N, 3): how and with which word each mask is clicked.</param>
    /// <param name="round">Whose draws are taken.</param>
    /// <param name="prompts">(N, Entries, 4).</param>
    public static void Place(Tape tape, Extent3 grid, Tensor? logits, float threshold, Block targets, Block draws, int round, Tensor prompts, int entry)
    {
        Require.Rank("ClickSimulation", "prompts", prompts.Shape, 3);
        var (masks, stride) = (prompts.Shape[0], prompts.Shape[1]);
        Require.That(prompts.Shape[2] == 4 && entry >= 0 && entry < stride,
            $"ClickSimulation: prompts are {prompts.Shape}; expected 4 numbers for each of more than {entry} entries.");
        Require.That(
            targets.ByteLength == masks * grid.Count, $"ClickSimulation: there are {targets.ByteLength} target bytes; expected {masks * grid.Count} for " +
                $"{masks} masks of {grid}.");
        Require.That(
            logits is null || logits.Shape.Length == targets.ByteLength,
                $"ClickSimulation: logits are {logits?.Shape}; expected {targets.ByteLength} values to match the targets.");
        tape.Backend.ClickSimulation.Place(
            new(masks, grid, stride), threshold, logits, targets.Bytes8, draws.Rows32.Slice(3L * masks * round, 3L * masks),
                prompts.Data.Slice(4L * entry, prompts.Shape.Length - (4L * entry)));
    }
}
