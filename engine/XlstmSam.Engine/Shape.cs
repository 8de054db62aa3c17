namespace XlstmSam.Engine;

/// <summary>The sizes of a dense tensor, last axis contiguous. Value equality; at most six axes.</summary>
public readonly record struct Shape
{
    private readonly int d0, d1, d2, d3, d4, d5;

    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > 6)
        {
            throw new ArgumentException($"Shape: {sizes.Length} axes; at most 6 are supported.");
        }

        foreach (var size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
        }

        Rank = sizes.Length;
        (d0, d1, d2, d3, d4, d5) = (At(sizes, 0), At(sizes, 1), At(sizes, 2), At(sizes, 3), At(sizes, 4), At(sizes, 5));
        static int At(ReadOnlySpan<int> sizes, int axis) => axis < sizes.Length ? sizes[axis] : 1;
    }

    public int Rank { get; }

    public long Length => (long)d0 * d1 * d2 * d3 * d4 * d5;

    /// <summary>The size of an axis; negative axes count from the end.</summary>
    public int this[int axis] => (axis < 0 ? axis + Rank : axis) switch
    {
        0 when Rank > 0 => d0,
        1 when Rank > 1 => d1,
        2 when Rank > 2 => d2,
        3 when Rank > 3 => d3,
        4 when Rank > 4 => d4,
        5 when Rank > 5 => d5,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), $"Shape {this}: there is no axis {axis}."),
    };

    /// <summary>The product of the sizes of axes [from, to).</summary>
    public long Product(int from, int to)
    {
        long product = 1;
        for (var axis = from; axis < to; axis++)
        {
            product *= this[axis];
        }

        return product;
    }

    public Shape With(int axis, int size)
    {
        Span<int> sizes = stackalloc int[Rank];
        for (var a = 0; a < Rank; a++)
        {
            sizes[a] = this[a];
        }

        sizes[axis < 0 ? axis + Rank : axis] = size;
        return new(sizes);
    }

    public int[] ToArray()
    {
        var sizes = new int[Rank];
        for (var axis = 0; axis < Rank; axis++)
        {
            sizes[axis] = this[axis];
        }

        return sizes;
    }

    public override string ToString() => $"({string.Join(", ", ToArray())})";
}
