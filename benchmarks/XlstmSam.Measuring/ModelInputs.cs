using XlstmSam.Models;

namespace XlstmSam.Measuring;

/// <summary>
/// An image with a ball in it, and what a user does about it. The clicks are a fixed list, the same for every side whatever it predicts, so that all
/// sides do the same work in all rounds; searching for a click is on no side's clock.
/// </summary>
/// <param name="Image">(X0, X1, X2), noise around 0 and around 1 inside the ball.</param>
/// <param name="Target">One byte per voxel.</param>
/// <param name="Rounds">One prompt per round; as in training, one round in the middle and the last have none.</param>
public sealed record ModelInputs(int Side, float[] Image, byte[] Target, IReadOnlyList<PromptBatch> Rounds)
{
    private const int RoundCount = 11;
    private const int ClickFree = 5;

    public PromptBatch Click => Rounds[0];

    public static ModelInputs Of(int side)
    {
        var image = WorkInputs.Uniform(11, (long)side * side * side);
        var target = new byte[image.Length];
        for (var voxel = 0; voxel < image.Length; voxel++)
        {
            target[voxel] = IsInside(side, voxel) ? (byte)1 : (byte)0;
            image[voxel] += target[voxel];
        }

        return new(side, image, target, [.. Enumerable.Range(0, RoundCount).Select(round => Prompt(round, side))]);
    }

    private static PromptBatch Prompt(int round, int side)
    {
        if (round is ClickFree or RoundCount - 1)
        {
            return PromptBatch.None(1);
        }

        var point = Array.ConvertAll(WorkInputs.Uniform(20 + round, 3, side / 2f, side / 2f), MathF.Floor);
        var voxel = (((int)point[0] * side) + (int)point[1]) * side + (int)point[2];
        return new(1, 1, point, [IsInside(side, voxel) ? 1 : 0]);
    }

    // A ball around the middle with a third of the side as its radius.
    private static bool IsInside(int side, int voxel)
    {
        var (x, y, z) = (Centred(voxel / side / side, side), Centred(voxel / side % side, side), Centred(voxel % side, side));
        return (x * x) + (y * y) + (z * z) < 4.0 / 9;
    }

    private static double Centred(int index, int side) => ((2 * index) + 1.0 - side) / side;
}
