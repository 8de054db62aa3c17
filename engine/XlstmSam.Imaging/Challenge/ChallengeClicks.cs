namespace XlstmSam.Imaging;

/// <summary>The clicks on one class so far: inside it, and on what is not it.</summary>
public sealed record ChallengeClicks(IReadOnlyList<VoxelIndex> Foreground, IReadOnlyList<VoxelIndex> Background)
{
    internal Dictionary<string, object?> ToItem() => new() { ["fg"] = ToList(Foreground), ["bg"] = ToList(Background) };

    private static List<object?> ToList(IReadOnlyList<VoxelIndex> clicks) =>
        [.. clicks.Select(c => new List<object?> { new NumpyInt64(c.Z), new NumpyInt64(c.Y), new NumpyInt64(c.X) })];
}
