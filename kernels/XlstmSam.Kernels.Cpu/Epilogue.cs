using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>y = activation(y + bias) on a block of rows that a product has just written.</summary>
internal static unsafe class Epilogue
{
    private const float LeakySlope = 0.01f;

    /// <param name="bias">One value per column, or null.</param>
    public static void Apply(float* y, nint ldy, int rows, int columns, float* bias, Activation activation)
    {
        if (bias is null && activation == Activation.None)
        {
            return;
        }

        for (var r = 0; r < rows; r++, y += ldy)
        {
            for (var j = 0; j < columns; j++)
            {
                y[j] = Apply(activation, bias is null ? y[j] : y[j] + bias[j]);
            }
        }
    }

    /// <summary>y = x, or y += x, for one row.</summary>
    public static void Store(float* x, float* y, int columns, bool add)
    {
        for (var j = 0; j < columns; j++)
        {
            y[j] = add ? y[j] + x[j] : x[j];
        }
    }

    private static float Apply(Activation activation, float x) => activation switch
    {
        Activation.None => x,
        Activation.Relu => MathF.Max(x, 0),
        Activation.LeakyRelu => x > 0 ? x : LeakySlope * x,
        Activation.Silu => x / (1 + MathF.Exp(-x)),
        _ => throw new UnreachableException(),
    };
}
