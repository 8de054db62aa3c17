using XlstmSam.Kernels.Grids;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Places one click at a time, as <see cref="IClickSimulation"/> says. Buffers are kept, so a click allocates nothing once they have grown.</summary>
internal sealed class ClickPlacer
{
    private readonly ConnectedComponents components = new();
    private readonly DepthField field = new();
    private readonly Func<int, int> choose;
    private byte[] error = [];
    private int high;
    private int low;

    public ClickPlacer() => choose = count => RandomIndex.Below(high, low, count);

    /// <summary>What one click takes at most, in bytes: the error, a crop with its depths, and the runs of a mask that changes at every voxel.</summary>
    public static long Bytes(Extent3 grid) => (1 + sizeof(byte) + sizeof(int) + 8) * (grid.D + 2L) * (grid.H + 2L) * (grid.W + 2L);

    /// <param name="logits">Or empty.</param>
    /// <returns>The index of the voxel.</returns>
    public int Place(Extent3 grid, ReadOnlySpan<float> logits, float threshold, ReadOnlySpan<byte> target, bool deepest, int wordHigh, int wordLow)
    {
        (high, low) = (wordHigh, wordLow);
        var isWrong = !logits.IsEmpty && FindErrors(logits, target, threshold);
        return deepest
            ? isWrong ? DeepestError(grid) : DeepestForeground(target, grid)
            : Uniform(isWrong ? error.AsSpan(0, target.Length) : target);
    }

    private int DeepestError(Extent3 grid)
    {
        components.Find(error.AsSpan(0, (int)grid.Count), grid, Connectivity.Corners);
        var largest = components.Largest;
        var bounds = components.Bounds(largest);
        var crop = field.Start(bounds, out var cropSize);
        components.Paint(largest, crop, cropSize, bounds.MinX - 1, bounds.MinY - 1, bounds.MinZ - 1);
        return Deepest(grid);
    }

    private int DeepestForeground(ReadOnlySpan<byte> target, Extent3 grid)
    {
        var bounds = Bounds(target, grid);
        if (bounds.IsEmpty)
        {
            return 0;
        }

        var crop = field.Start(bounds, out var cropSize);
        for (var z = bounds.MinZ; z <= bounds.MaxZ; z++)
        {
            for (var y = bounds.MinY; y <= bounds.MaxY; y++)
            {
                var to = 1 + (cropSize.W * ((y - bounds.MinY + 1) + (cropSize.H * (z - bounds.MinZ + 1))));
                target.Slice(Index(grid, bounds.MinX, y, z), bounds.Size.W).CopyTo(crop[to..]);
            }
        }

        return Deepest(grid);
    }

    private int Deepest(Extent3 grid)
    {
        field.Measure(parallel: false);
        var (x, y, z) = field.Deepest(choose);
        return Index(grid, x, y, z);
    }

    private int Uniform(ReadOnlySpan<byte> mask)
    {
        var count = mask.Length - mask.Count((byte)0);
        if (count == 0)
        {
            return 0;
        }

        var index = -1;
        for (var left = choose(count); left >= 0; left--)
        {
            index += 1 + mask[(index + 1)..].IndexOfAnyExcept((byte)0);
        }

        return index;
    }

    private bool FindErrors(ReadOnlySpan<float> logits, ReadOnlySpan<byte> target, float threshold)
    {
        if (error.Length < target.Length)
        {
            error = new byte[target.Length];
        }

        var any = false;
        for (var i = 0; i < target.Length; i++)
        {
            var isWrong = logits[i] > threshold != (target[i] != 0);
            error[i] = isWrong ? (byte)1 : (byte)0;
            any |= isWrong;
        }

        return any;
    }

    private static VoxelBounds Bounds(ReadOnlySpan<byte> mask, Extent3 grid)
    {
        var box = VoxelBounds.Empty;
        for (var row = 0; row < grid.H * grid.D; row++)
        {
            var line = mask.Slice(row * grid.W, grid.W);
            var first = line.IndexOfAnyExcept((byte)0);
            box = first < 0 ? box : box.WithRun(first, line.LastIndexOfAnyExcept((byte)0), row % grid.H, row / grid.H);
        }

        return box;
    }

    private static int Index(Extent3 grid, int x, int y, int z) => x + (grid.W * (y + (grid.H * z)));
}
