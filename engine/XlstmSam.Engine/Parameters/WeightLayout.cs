namespace XlstmSam.Engine;

/// <summary>
/// How a published (PyTorch) tensor becomes ours. Convolutions are channels last here, so their weights are transposed once, at load,
/// and back at save.
/// </summary>
public enum WeightLayout
{
    /// <summary>The same axes in both.</summary>
    AsPublished,

    /// <summary>(Cout, Cin, K0, K1, K2) to (K0, K1, K2, Cin, Cout).</summary>
    Conv3d,

    /// <summary>(Cin, Cout, K0, K1, K2) to (Cin, K0, K1, K2, Cout).</summary>
    ConvTranspose3d,

    /// <summary>(C, 1, K) to (K, C).</summary>
    DepthwiseConv1d,
}

/// <summary>Moves elements between the published order and ours.</summary>
public static class WeightLayouts
{
    /// <summary>The published shape of a parameter that is stored as <paramref name="ours"/>.</summary>
    public static Shape Published(WeightLayout layout, Shape ours) => layout switch
    {
        WeightLayout.Conv3d => new(ours[4], ours[3], ours[0], ours[1], ours[2]),
        WeightLayout.ConvTranspose3d => new(ours[0], ours[4], ours[1], ours[2], ours[3]),
        WeightLayout.DepthwiseConv1d => new(ours[1], 1, ours[0]),
        _ => ours,
    };

    public static void FromPublished(WeightLayout layout, Shape ours, ReadOnlySpan<float> published, Span<float> values)
    {
        var (outer, middle, inner, keepOuter) = Axes(layout, ours);
        for (var k = 0; k < outer; k++)
        {
            for (var i = 0; i < middle; i++)
            {
                for (var o = 0; o < inner; o++)
                {
                    values[(((k * middle) + i) * inner) + o] = published[PublishedIndex(k, i, o, outer, middle, inner, keepOuter)];
                }
            }
        }
    }

    public static void ToPublished(WeightLayout layout, Shape ours, ReadOnlySpan<float> values, Span<float> published)
    {
        var (outer, middle, inner, keepOuter) = Axes(layout, ours);
        for (var k = 0; k < outer; k++)
        {
            for (var i = 0; i < middle; i++)
            {
                for (var o = 0; o < inner; o++)
                {
                    published[PublishedIndex(k, i, o, outer, middle, inner, keepOuter)] = values[(((k * middle) + i) * inner) + o];
                }
            }
        }
    }

    // Ours as (outer, middle, inner). A convolution reverses all three; a transposed one keeps the outer axis and swaps the others.
    private static (int Outer, int Middle, int Inner, bool KeepOuter) Axes(WeightLayout layout, Shape ours) => layout switch
    {
        WeightLayout.Conv3d => ((int)ours.Product(0, 3), ours[3], ours[4], false),
        WeightLayout.ConvTranspose3d => (ours[0], (int)ours.Product(1, 4), ours[4], true),
        WeightLayout.DepthwiseConv1d => (ours[0], 1, ours[1], false),
        _ => (1, 1, (int)ours.Length, true),
    };

    private static int PublishedIndex(int k, int i, int o, int outer, int middle, int inner, bool keepOuter) =>
        keepOuter ? (((k * inner) + o) * middle) + i : (((o * middle) + i) * outer) + k;
}
