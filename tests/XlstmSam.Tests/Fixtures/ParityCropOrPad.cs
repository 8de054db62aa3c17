using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Fixtures;

/// <summary>The amounts by which windows around a mask are cropped and padded.</summary>
internal static class ParityCropOrPad
{
    /// <summary>The first window that differs, or null.</summary>
    public static string? Fault(string path, out int count)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        count = 0;
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (low, high) = (Triple(item, "bbox_min"), Triple(item, "bbox_max_exclusive"));
            var (shape, target) = (Triple(item, "shape"), Triple(item, "target"));
            var window = CropOrPad.Around(new(shape.X, shape.Y, shape.Z), new(target.X, target.Y, target.Z), new(low, high));
            if (!Numbers(item, "pad").SequenceEqual(window.Pad) || !Numbers(item, "crop").SequenceEqual(window.Crop))
            {
                return $"window {count}: pad ({string.Join(", ", window.Pad)}) and crop ({string.Join(", ", window.Crop)}); expected " +
                    $"({string.Join(", ", Numbers(item, "pad"))}) and ({string.Join(", ", Numbers(item, "crop"))})";
            }

            count++;
        }

        return count > 0 ? null : "it has no windows";
    }

    private static VoxelIndex Triple(JsonElement item, string name) => Numbers(item, name) is [var x, var y, var z] ? new(x, y, z) : default;

    private static int[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
}
