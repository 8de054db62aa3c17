using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The transforms of 3 x 3 x 3 weights: <typeparamref name="TDepth"/> along the depth, <typeparamref name="TAxis"/> along height and width.</summary>
internal static unsafe class WinogradWeight<TDepth, TAxis>
    where TDepth : struct, IWinogradDepth
    where TAxis : struct, IWinogradAxis
{
    public static int Count => TDepth.Weights * TAxis.Weights * TAxis.Weights;

    /// <summary>u[k weightStride + i 16 + j] = (G w)[k] for all inputs i of a panel w[tap, i, j] of 16 outputs.</summary>
    public static void Transform(float* panel, int inputs, float* u, nint weightStride)
    {
        var body = new TransformBody(panel, (nint)inputs * Panels.Width, u, weightStride);
        RegisterLoop.Run(ref body, inputs * Panels.Width);
    }

    // Three axes in turn, the first of them from and the last to memory, the others through a scratch of (depth, height, width).
    private readonly struct TransformBody(float* w, nint tapStride, float* u, nint weightStride) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var deep = stackalloc float[TDepth.Weights * 9 * 16];
            var high = stackalloc float[TAxis.Weights * 3 * 16];
            for (var k = 0; k < 9; k++)
            {
                TDepth.Weight(new Line<T>(w + (k * tapStride) + channel, 9 * tapStride), new Line<T>(deep + (k * T.Count), 9 * T.Count));
            }

            for (var plane = 0; plane < TDepth.Weights; plane++)
            {
                for (var k = 0; k < 3; k++)
                {
                    TAxis.Weight(new Line<T>(deep + (((plane * 9) + k) * T.Count), 3 * T.Count), new Line<T>(high + (k * T.Count), 3 * T.Count));
                }

                for (var i = 0; i < TAxis.Weights; i++)
                {
                    var weight = ((plane * TAxis.Weights) + i) * TAxis.Weights;
                    TAxis.Weight(new Line<T>(high + (i * 3 * T.Count), T.Count), new Line<T>(u + (weight * weightStride) + channel, weightStride));
                }
            }
        }
    }
}
