using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Operands rounded to 11 significant bits; a product takes 8 terms, lane 4 g + t has terms t and t + 4.</summary>
internal readonly struct Tf32 : IPrecision, IMatrixUnit
{
    private const float RoundingFactor = 1 + (3f / 8192);

    public static TileSums Multiply<TTile, TLeft, TRight>(TileSums sums, uint left, uint right, int lane)
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        left += TLeft.LaneBytes(lane, TTile.Rows, isLeft: true);
        right += TRight.LaneBytes(lane, TTile.Columns, isLeft: false);
        sums = TensorCores.Multiply<Tf32, TTile, TLeft, TRight>(sums, left, right);
        return TensorCores.Multiply<Tf32, TTile, TLeft, TRight>(sums, left + (8 * TLeft.TermBytes(TTile.Rows)), right + (8 * TRight.TermBytes(TTile.Columns)));
    }

    public static MatrixPart LoadLeft<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var x = TLayout.Fragment(address, outer);
        return new()
        {
            First = new(Round(x.Low.X), Round(x.Low.Y), Round(x.High.X), Round(x.High.Y)),
            Second = new(Round(x.Low.Z), Round(x.Low.W), Round(x.High.Z), Round(x.High.W)),
        };
    }

    public static MatrixPart LoadRight<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout
    {
        var x = TLayout.Fragment(address, outer);
        return new()
        {
            First = new(Round(x.Low.X), Round(x.High.X), Round(x.Low.Y), Round(x.High.Y)),
            Second = new(Round(x.Low.Z), Round(x.High.Z), Round(x.Low.W), Round(x.High.W)),
        };
    }

    public static void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, Bits4 a, uint b0, uint b1)
    {
        Ref<float> d0 = c0, d1 = c1, d2 = c2, d3 = c3;
        Input<uint> left0 = a.X, left1 = a.Y, left2 = a.Z, left3 = a.W, right0 = b0, right1 = b1;
        CudaAsm.EmitRef(
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
            ref d0, ref d1, ref d2, ref d3, ref left0, ref left1, ref left2, ref left3, ref right0, ref right1);
        (c0, c1, c2, c3) = (d0.Value, d1.Value, d2.Value, d3.Value);
    }

    // Tensor cores cut the lower 13 bits off. A factor of 1 + 3/8 of the last unit before makes of that a rounding in one instruction that leaves
    // NaN and numbers of 11 bits alone: unbiased over a binade, off by 5/8 of a unit at most. cvt.rna.tf32 takes four instructions.
    internal static uint Round(float x) => Interop.FloatAsInt(x * RoundingFactor);
}
