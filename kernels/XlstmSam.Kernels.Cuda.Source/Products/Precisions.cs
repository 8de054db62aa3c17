using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>How a warp multiplies the terms of a step in its part of the tiles, in the order of the terms.</summary>
internal interface IPrecision
{
    /// <param name="left">Address of the warp's rows, <paramref name="right"/> that of its columns, at the first term.</param>
    static abstract TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout;
}

/// <summary>Products and sums in float32 on the ordinary arithmetic units.</summary>
internal readonly struct Float32 : IPrecision
{
    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        var (row, column) = (lane >> 2, 2 * (lane & 3));
        sums = MultiplyFour<TTile, TLeft, TRight>(sums, left, right, row, column, 0);
        sums = MultiplyFour<TTile, TLeft, TRight>(sums, left, right, row, column, 4);
        sums = MultiplyFour<TTile, TLeft, TRight>(sums, left, right, row, column, 8);
        return MultiplyFour<TTile, TLeft, TRight>(sums, left, right, row, column, 12);
    }

    private static TileSums MultiplyFour<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int row, int column, uint k)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        // The assembler would fetch all terms of the step at once, for which there are not registers enough.
        Warp.Barrier();
        left += k * TLeft.TermBytes(TTile.Rows);
        right += k * TRight.TermBytes(TTile.Columns);
        var first = TLeft.Quad(left, row, TTile.Rows);
        var second = TTile.RowBlocks > 1 ? TLeft.Quad(left + TLeft.BlockBytes, row, TTile.Rows) : default;
        sums.Left = Add<TTile, TRight>(sums.Left, first, second, right, column);
        if (TTile.Columns > TTile.HalfColumns)
        {
            sums.Right = Add<TTile, TRight>(sums.Right, first, second, right + (2 * TRight.BlockBytes), column);
        }

        return sums;
    }

    private static BlockColumn Add<TTile, TRight>(BlockColumn sums, TermQuad first, TermQuad second, uint right, int column)
        where TTile : struct, ITile
        where TRight : struct, ILayout
    {
        var (b0, b1) = (TRight.Quad(right, column, TTile.Columns), TRight.Quad(right, column + 1, TTile.Columns));
        sums.First = Add(sums.First, first, b0, b1);
        if (TTile.RowBlocks > 1)
        {
            sums.Second = Add(sums.Second, second, b0, b1);
        }

        return sums;
    }

    private static BlockSums Add(BlockSums sums, TermQuad a, TermQuad b0, TermQuad b1)
    {
        sums = Add(sums, a.Term0, b0.Term0, b1.Term0);
        sums = Add(sums, a.Term1, b0.Term1, b1.Term1);
        sums = Add(sums, a.Term2, b0.Term2, b1.Term2);
        return Add(sums, a.Term3, b0.Term3, b1.Term3);
    }

    private static BlockSums Add(BlockSums sums, Float4 a, Float4 b0, Float4 b1) => new()
    {
        Upper = new() { TopLeft = Add(sums.Upper.TopLeft, a.X, b0), TopRight = Add(sums.Upper.TopRight, a.X, b1), BottomLeft = Add(sums.Upper.BottomLeft, a.Y, b0), BottomRight = Add(sums.Upper.BottomRight, a.Y, b1) },
        Lower = new() { TopLeft = Add(sums.Lower.TopLeft, a.Z, b0), TopRight = Add(sums.Lower.TopRight, a.Z, b1), BottomLeft = Add(sums.Lower.BottomLeft, a.W, b0), BottomRight = Add(sums.Lower.BottomRight, a.W, b1) },
    };

    private static Float4 Add(Float4 sum, float a, Float4 b) => new((a * b.X) + sum.X, (a * b.Y) + sum.Y, (a * b.Z) + sum.Z, (a * b.W) + sum.W);
}
