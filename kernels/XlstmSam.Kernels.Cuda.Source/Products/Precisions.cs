using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>How a warp multiplies 16 terms of its part of the tiles, in the order of the terms.</summary>
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
        left += k * TLeft.TermBytes(TTile.Rows);
        right += k * TRight.TermBytes(TTile.Columns);
        var first = TLeft.Square(left, row, TTile.Rows);
        var second = TTile.RowBlocks > 1 ? TLeft.Square(left + TLeft.BlockBytes, row, TTile.Rows) : default;
        sums.Left = Add<TTile, TRight>(sums.Left, first, second, right, column);
        if (TTile.Columns > TTile.HalfColumns)
        {
            sums.Right = Add<TTile, TRight>(sums.Right, first, second, right + (2 * TRight.BlockBytes), column);
        }

        return sums;
    }

    private static BlockColumn Add<TTile, TRight>(BlockColumn sums, Square first, Square second, uint right, int column)
        where TTile : struct, ITile
        where TRight : struct, ILayout
    {
        var (b0, b1) = (TRight.Square(right, column, TTile.Columns), TRight.Square(right, column + 1, TTile.Columns));
        sums.First = Add(sums.First, first, b0, b1);
        if (TTile.RowBlocks > 1)
        {
            sums.Second = Add(sums.Second, second, b0, b1);
        }

        return sums;
    }

    private static BlockSums Add(BlockSums sums, Square a, Square b0, Square b1)
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

/// <summary>Operands rounded to 11 significant bits, exact products, sums in float32: tensor cores.</summary>
internal readonly struct Tf32 : IPrecision
{
    private const float RoundingFactor = 1 + (3f / 8192);

    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        left += TLeft.LaneBytes(lane, TTile.Rows);
        right += TRight.LaneBytes(lane, TTile.Columns);
        sums = MultiplyEight<TTile, TLeft, TRight>(sums, left, right);
        return MultiplyEight<TTile, TLeft, TRight>(sums, left + (8 * TLeft.TermBytes(TTile.Rows)), right + (8 * TRight.TermBytes(TTile.Columns)));
    }

    private static TileSums MultiplyEight<TTile, TLeft, TRight>(TileSums sums, uint left, uint right)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        var first = Round(TLeft.Fragment(left, TTile.Rows));
        var second = TTile.RowBlocks > 1 ? Round(TLeft.Fragment(left + TLeft.BlockBytes, TTile.Rows)) : default;
        sums.Left = Add<TTile>(sums.Left, first, second, Round(TRight.Fragment(right, TTile.Columns)));
        if (TTile.Columns > TTile.HalfColumns)
        {
            sums.Right = Add<TTile>(sums.Right, first, second, Round(TRight.Fragment(right + (2 * TRight.BlockBytes), TTile.Columns)));
        }

        return sums;
    }

    private static BlockColumn Add<TTile>(BlockColumn sums, Rounded first, Rounded second, Rounded b)
        where TTile : struct, ITile
    {
        sums.First = Add(sums.First, first, b);
        if (TTile.RowBlocks > 1)
        {
            sums.Second = Add(sums.Second, second, b);
        }

        return sums;
    }

    // Rows 4 g and 4 g + 1 of a block are rows g and g + 8 of one product of 16 rows, 4 g + 2 and 4 g + 3 those of another; column 4 g + i is
    // column g of product i. So a lane's results are neighbours.
    private static BlockSums Add(BlockSums sums, Rounded a, Rounded b) => new()
    {
        Upper = Add(sums.Upper, a.Low.X, a.Low.Y, a.High.X, a.High.Y, b),
        Lower = Add(sums.Lower, a.Low.Z, a.Low.W, a.High.Z, a.High.W, b),
    };

    private static RowPair Add(RowPair sums, uint a0, uint a1, uint a2, uint a3, Rounded b)
    {
        Multiply(ref sums.TopLeft.X, ref sums.TopRight.X, ref sums.BottomLeft.X, ref sums.BottomRight.X, a0, a1, a2, a3, b.Low.X, b.High.X);
        Multiply(ref sums.TopLeft.Y, ref sums.TopRight.Y, ref sums.BottomLeft.Y, ref sums.BottomRight.Y, a0, a1, a2, a3, b.Low.Y, b.High.Y);
        Multiply(ref sums.TopLeft.Z, ref sums.TopRight.Z, ref sums.BottomLeft.Z, ref sums.BottomRight.Z, a0, a1, a2, a3, b.Low.Z, b.High.Z);
        Multiply(ref sums.TopLeft.W, ref sums.TopRight.W, ref sums.BottomLeft.W, ref sums.BottomRight.W, a0, a1, a2, a3, b.Low.W, b.High.W);
        return sums;
    }

    internal static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, uint a0, uint a1, uint a2, uint a3, uint b0, uint b1)
    {
        Ref<float> d0 = c0, d1 = c1, d2 = c2, d3 = c3;
        Input<uint> left0 = a0, left1 = a1, left2 = a2, left3 = a3, right0 = b0, right1 = b1;
        CudaAsm.EmitRef(
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
            ref d0, ref d1, ref d2, ref d3, ref left0, ref left1, ref left2, ref left3, ref right0, ref right1);
        (c0, c1, c2, c3) = (d0.Value, d1.Value, d2.Value, d3.Value);
    }

    private static Rounded Round(Fragment x) => new() { Low = Round(x.Low), High = Round(x.High) };

    private static Bits4 Round(Float4 x) => new() { X = Round(x.X), Y = Round(x.Y), Z = Round(x.Z), W = Round(x.W) };

    // Tensor cores cut the lower 13 bits off. A factor of 1 + 3/8 of the last unit before makes of that a rounding in one instruction that leaves
    // NaN and numbers of 11 bits alone: unbiased over a binade, off by 5/8 of a unit at most. cvt.rna.tf32 takes four instructions.
    internal static uint Round(float x) => Interop.FloatAsInt(x * RoundingFactor);

    private struct Rounded
    {
        public Bits4 Low;
        public Bits4 High;
    }

    private struct Bits4
    {
        public uint X;
        public uint Y;
        public uint Z;
        public uint W;
    }
}
