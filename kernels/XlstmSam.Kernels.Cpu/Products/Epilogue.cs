using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>y = activation(y + bias) on a block of rows that a product has just written and that is still in the cache.</summary>
internal static unsafe class Epilogue
{
    private const int Lanes = 8;

    /// <param name="bias">One value per column, or null.</param>
    public static void Apply(float* y, nint ldy, int rows, int columns, float* bias, Activation activation)
    {
        switch (activation)
        {
            case Activation.None when bias is null: break;
            case Activation.None: Rows<Identity>(y, ldy, rows, columns, bias); break;
            case Activation.Relu: Rows<Relu>(y, ldy, rows, columns, bias); break;
            case Activation.LeakyRelu: Rows<LeakyRelu>(y, ldy, rows, columns, bias); break;
            case Activation.Gelu: Rows<Gelu>(y, ldy, rows, columns, bias); break;
            case Activation.Silu: Rows<Silu>(y, ldy, rows, columns, bias); break;
            default: throw new UnreachableException();
        }
    }

    private static void Rows<TFormula>(float* y, nint ldy, int rows, int columns, float* bias)
        where TFormula : struct, IUnaryFormula
    {
        for (var r = 0; r < rows; r++, y += ldy)
        {
            var j = 0;
            for (; j <= columns - Lanes; j += Lanes)
            {
                Element<VectorLane, TFormula>(y + j, bias is null ? null : bias + j);
            }

            for (; j < columns; j++)
            {
                Element<ScalarLane, TFormula>(y + j, bias is null ? null : bias + j);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Element<T, TFormula>(float* y, float* bias)
        where T : unmanaged, ILane<T>
        where TFormula : struct, IUnaryFormula
    {
        var x = LaneLoop.Load<T>(y);
        LaneLoop.Store(y, TFormula.Forward(bias is null ? x : x + LaneLoop.Load<T>(bias)));
    }
}
