using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Operands rounded to 8 significant bits; a product takes 16 terms, lane 4 g + t has terms t and t + 4 in one register, t + 8 and t + 12 in another.
/// </summary>
internal readonly struct BFloat16 : IPrecision, IMatrixUnit
{
    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout =>
        TensorCores.Multiply<BFloat16, TTile, TLeft, TRight>(
            sums, left + TLeft.LaneBytes(lane, TTile.Rows, isLeft: true), right + TRight.LaneBytes(lane, TTile.Columns, isLeft: false));

    public static MatrixPart LoadLeft<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var (x, y) = (TLayout.Fragment(address, outer), TLayout.Fragment(address + (8 * TLayout.TermBytes(outer)), outer));
        return new()
        {
            First = new(Pair(x.Low.X, x.High.X), Pair(x.Low.Y, x.High.Y), Pair(y.Low.X, y.High.X), Pair(y.Low.Y, y.High.Y)),
            Second = new(Pair(x.Low.Z, x.High.Z), Pair(x.Low.W, x.High.W), Pair(y.Low.Z, y.High.Z), Pair(y.Low.W, y.High.W)),
        };
    }

    public static MatrixPart LoadRight<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var (x, y) = (TLayout.Fragment(address, outer), TLayout.Fragment(address + (8 * TLayout.TermBytes(outer)), outer));
        return new()
        {
            First = new(Pair(x.Low.X, x.High.X), Pair(y.Low.X, y.High.X), Pair(x.Low.Y, x.High.Y), Pair(y.Low.Y, y.High.Y)),
            Second = new(Pair(x.Low.Z, x.High.Z), Pair(y.Low.Z, y.High.Z), Pair(x.Low.W, x.High.W), Pair(y.Low.W, y.High.W)),
        };
    }

    public static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, Bits4 a, uint b0, uint b1)
    {
        Ref<float> d0 = c0, d1 = c1, d2 = c2, d3 = c3;
        Input<uint> left0 = a.X, left1 = a.Y, left2 = a.Z, left3 = a.W, right0 = b0, right1 = b1;
        CudaAsm.EmitRef(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
            ref d0, ref d1, ref d2, ref d3, ref left0, ref left1, ref left2, ref left3, ref right0, ref right1);
        (c0, c1, c2, c3) = (d0.Value, d1.Value, d2.Value, d3.Value);
    }

    private static uint Pair(float low, float high) => BFloatElement.Round(low, high);
}

/// <summary>Operands that are stored in bfloat16, two terms side by side: nothing is left to round. A step is two products of 16 terms.</summary>
internal readonly struct BFloat16Pairs : IPrecision, IMatrixUnit
{
    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        left += TLeft.LaneBytes(lane, TTile.Rows, isLeft: true);
        right += TRight.LaneBytes(lane, TTile.Columns, isLeft: false);
        sums = TensorCores.Multiply<BFloat16Pairs, TTile, TLeft, TRight>(sums, left, right);
        return TensorCores.Multiply<BFloat16Pairs, TTile, TLeft, TRight>(
            sums, left + (16 * TLeft.TermBytes(TTile.Rows)), right + (16 * TRight.TermBytes(TTile.Columns)));
    }

    public static MatrixPart LoadLeft<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout => Load<TLayout>(address, outer);

    public static MatrixPart LoadRight<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout => Load<TLayout>(address, outer);

    public static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, Bits4 a, uint b0, uint b1) =>
        BFloat16.Multiply(ref c0, ref c1, ref c2, ref c3, a, b0, b1);

    private static MatrixPart Load<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var x = TLayout.Fragment(address, outer);
        return new() { First = Bits(x.Low), Second = Bits(x.High) };
    }

    private static Bits4 Bits(Float4 x) => new(Interop.FloatAsInt(x.X), Interop.FloatAsInt(x.Y), Interop.FloatAsInt(x.Z), Interop.FloatAsInt(x.W));
}
