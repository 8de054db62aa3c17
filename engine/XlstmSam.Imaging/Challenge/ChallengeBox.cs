namespace XlstmSam.Imaging;

/// <summary>A box prompt in voxels: the z extent of the object, and its x and y extent in the middle slice. All intervals are closed.</summary>
public sealed record ChallengeBox(int ZMin, int ZMax, int ZMid, int XMin, int YMin, int XMax, int YMax)
{
    internal static ChallengeBox Of(Dictionary<string, object?> item, string subject) => new(
        Get(item, "z_min", subject), Get(item, "z_max", subject), Get(item, "z_mid", subject),
        Get(item, "z_mid_x_min", subject), Get(item, "z_mid_y_min", subject), Get(item, "z_mid_x_max", subject), Get(item, "z_mid_y_max", subject));

    // The keys in the organisers' order.
    internal Dictionary<string, object?> ToItem() => new()
    {
        ["z_min"] = new NumpyInt64(ZMin),
        ["z_max"] = new NumpyInt64(ZMax),
        ["z_mid"] = new NumpyInt64(ZMid),
        ["z_mid_x_min"] = new NumpyInt64(XMin),
        ["z_mid_y_min"] = new NumpyInt64(YMin),
        ["z_mid_x_max"] = new NumpyInt64(XMax),
        ["z_mid_y_max"] = new NumpyInt64(YMax),
    };

    private static int Get(Dictionary<string, object?> item, string key, string subject) =>
        item.TryGetValue(key, out var value) && ChallengeParser.Whole(value) is { } number
            ? number
            : throw new InvalidDataException($"{subject}: a box has no whole number '{key}'; expected z_min z_max z_mid z_mid_x_min z_mid_y_min " +
                $"z_mid_x_max z_mid_y_max.");
}
