namespace XlstmSam.Kernels.Grids;

/// <summary>Exact squared Euclidean distance of every voxel to the nearest zero voxel of a mask (outside the grid is unknown, not zero).</summary>
// Separable: steps along z for the whole grid, then y and x within each slice. Slices are independent, so the result does not
// depend on the number of threads, and no volume of doubles is needed unless the caller asks for one.
public static class DistanceTransform
{
    /// <summary>What an integer transform holds where the mask has no zero voxel at all.</summary>
    public const int Far = int.MaxValue;

    /// <summary>Squared distances in voxels, exact integers, on one thread without allocation once the scratch has grown.</summary>
    public static void SquaredVoxels(ReadOnlySpan<byte> mask, Extent3 size, Span<int> squared, DistanceScratch scratch)
    {
        Check(mask.Length, squared.Length, size);
        for (var y = 0; y < size.H; y++)
        {
            StepsAlongZ(mask, size, y, squared);
        }

        var area = size.W * size.H;
        for (var z = 0; z < size.D; z++)
        {
            var slice = squared.Slice(z * area, area);
            scratch.Compute(slice, size, new(1, 1, 1));
            ToIntegers(scratch.Slice(size), slice);
        }
    }

    /// <summary>Squared distances in voxels, exact integers, on all cores.</summary>
    public static void SquaredVoxels(ReadOnlyMemory<byte> mask, Extent3 size, Memory<int> squared) =>
        EachSlice(mask, size, new(1, 1, 1), squared, (z, scratch) =>
            ToIntegers(scratch.Slice(size), squared.Span.Slice(z * size.W * size.H, size.W * size.H)));

    /// <summary>Squared distances in units of spacing, on all cores; infinite where the mask has no zero voxel.</summary>
    public static void Squared(ReadOnlyMemory<byte> mask, Extent3 size, Spacing3 spacing, Memory<double> squared)
    {
        Check(mask.Length, squared.Length, size);
        EachSlice(mask, size, spacing, new int[mask.Length], (z, scratch) =>
            scratch.Slice(size).CopyTo(squared.Span.Slice(z * size.W * size.H, size.W * size.H)));
    }

    /// <summary>Computes every slice on some thread and hands it to <paramref name="visit"/> there, in no particular order.</summary>
    // steps receives the distances along z; a slice of it is free once that slice is visited.
    public static void EachSlice(
        ReadOnlyMemory<byte> mask, Extent3 size, Spacing3 spacing, Memory<int> steps, Action<int, DistanceScratch> visit)
    {
        Check(mask.Length, steps.Length, size);
        Parallel.For(0, size.H, y => StepsAlongZ(mask.Span, size, y, steps.Span));
        var area = size.W * size.H;
        Parallel.For(0, size.D, () => new DistanceScratch(), (z, _, scratch) =>
        {
            scratch.Compute(steps.Span.Slice(z * area, area), size, spacing);
            visit(z, scratch);
            return scratch;
        }, static _ => { });
    }

    private static void StepsAlongZ(ReadOnlySpan<byte> mask, Extent3 size, int y, Span<int> steps)
    {
        var area = size.W * size.H;
        for (var z = 0; z < size.D; z++)
        {
            var at = (z * area) + (y * size.W);
            var row = steps.Slice(at, size.W);
            var voxels = mask.Slice(at, size.W);
            var before = z > 0 ? steps.Slice(at - area, size.W) : row;
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = voxels[x] == 0 ? 0 : z == 0 || before[x] == Far ? Far : before[x] + 1;
            }
        }

        for (var z = size.D - 2; z >= 0; z--)
        {
            var at = (z * area) + (y * size.W);
            var row = steps.Slice(at, size.W);
            var after = steps.Slice(at + area, size.W);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = after[x] < row[x] ? after[x] + 1 : row[x];
            }
        }
    }

    private static void ToIntegers(ReadOnlySpan<double> slice, Span<int> squared)
    {
        for (var i = 0; i < slice.Length; i++)
        {
            squared[i] = slice[i] >= Far ? Far : (int)slice[i];
        }
    }

    private static void Check(int mask, int squared, Extent3 size)
    {
        if (mask != size.Count || squared != size.Count)
        {
            throw new ArgumentException($"DistanceTransform: mask of {mask} and result of {squared} voxels for a grid of {size}; expected {size.Count} each.");
        }
    }
}
