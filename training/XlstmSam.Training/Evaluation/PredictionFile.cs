using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>What the challenge keeps of a case: segs (D, H, W), the last prediction, and all_segs (rounds, D, H, W); uint8 unless a label needs
/// uint16.</summary>
internal static class PredictionFile
{
    public static void Write(string path, Size3 size, IReadOnlyList<ushort[]> rounds)
    {
        var isByte = rounds.All(labels => labels.AsSpan().IndexOfAnyExceptInRange((ushort)0, byte.MaxValue) < 0);
        var last = rounds.Count == 0 ? new ushort[size.Count] : rounds[^1];
        NpzWriter.Write(path,
        [
            new("segs", new(Stored([last], isByte), size.Z, size.Y, size.X)),
            new("all_segs", new(Stored(rounds, isByte), rounds.Count, size.Z, size.Y, size.X)),
        ]);
    }

    private static Array Stored(IReadOnlyList<ushort[]> rounds, bool isByte)
    {
        var length = rounds.Sum(labels => labels.LongLength);
        return isByte ? Joined<byte>(rounds, length, label => (byte)label) : Joined<ushort>(rounds, length, label => label);
    }

    private static T[] Joined<T>(IReadOnlyList<ushort[]> rounds, long length, Func<ushort, T> convert)
    {
        var (joined, at) = (new T[length], 0L);
        foreach (var labels in rounds)
        {
            foreach (var label in labels)
            {
                joined[at++] = convert(label);
            }
        }

        return joined;
    }
}
