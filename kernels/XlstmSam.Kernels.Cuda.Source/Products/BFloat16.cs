using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Operands rounded to 8 significant bits; a product takes 16 terms, lane 4 g + t has terms t and t + 4 in one register, t + 8 and t + 12 in another.</summary>
internal readonly struct BFloat16 : IPrecision, IMatrixUnit
{
    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout =>
        TensorCores.Multiply<BFloat16, TTile, TLeft, TRight>(sums, left + TLeft.LaneBytes(lane, TTile.Rows), right + TRight.LaneBytes(lane, TTile.Columns));

    public static MatrixPart Load<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var (first, second) = (TLayout.Fragment(address, outer), TLayout.Fragment(address + (8 * TLayout.TermBytes(outer)), outer));
        return new() { Low = Round(first), High = Round(second) };
    }

    public static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, uint a0, uint a1, uint a2, uint a3, uint b0, uint b1)
    {
        Ref<float> d0 = c0, d1 = c1, d2 = c2, d3 = c3;
        Input<uint> left0 = a0, left1 = a1, left2 = a2, left3 = a3, right0 = b0, right1 = b1;
        CudaAsm.EmitRef(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
            ref d0, ref d1, ref d2, ref d3, ref left0, ref left1, ref left2, ref left3, ref right0, ref right1);
        (c0, c1, c2, c3) = (d0.Value, d1.Value, d2.Value, d3.Value);
    }

    private static Bits4 Round(Fragment x) => new()
    {
        X = BFloatElement.Round(x.Low.X, x.High.X),
        Y = BFloatElement.Round(x.Low.Y, x.High.Y),
        Z = BFloatElement.Round(x.Low.Z, x.High.Z),
        W = BFloatElement.Round(x.Low.W, x.High.W),
    };
}

/// <summary>Operands that are stored in bfloat16, two terms side by side: nothing is left to round. A step is two products of 16 terms.</summary>
internal readonly struct BFloat16Pairs : IPrecision, IMatrixUnit
{
    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        left += TLeft.LaneBytes(lane, TTile.Rows);
        right += TRight.LaneBytes(lane, TTile.Columns);
        sums = TensorCores.Multiply<BFloat16Pairs, TTile, TLeft, TRight>(sums, left, right);
        return TensorCores.Multiply<BFloat16Pairs, TTile, TLeft, TRight>(sums, left + (16 * TLeft.TermBytes(TTile.Rows)), right + (16 * TRight.TermBytes(TTile.Columns)));
    }

    public static MatrixPart Load<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var x = TLayout.Fragment(address, outer);
        return new() { Low = Bits(x.Low), High = Bits(x.High) };
    }

    public static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, uint a0, uint a1, uint a2, uint a3, uint b0, uint b1) =>
        BFloat16.Multiply(ref c0, ref c1, ref c2, ref c3, a0, a1, a2, a3, b0, b1);

    private static Bits4 Bits(Float4 x) => new() { X = Interop.FloatAsInt(x.X), Y = Interop.FloatAsInt(x.Y), Z = Interop.FloatAsInt(x.Z), W = Interop.FloatAsInt(x.W) };
}
