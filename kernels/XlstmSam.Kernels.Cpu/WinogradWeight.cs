using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The transforms of 3 x 3 x 3 weights: F(2, 3) along the depth, <typeparamref name="TAxis"/> along height and width.</summary>
internal static unsafe class WinogradWeight<TAxis>
    where TAxis : struct, IWinogradAxis
{

    public static int Points => WinogradTiles.Slices * TAxis.Points * TAxis.Points;

    /// <summary>u[point pointStride + i 16 + j] = G w for all inputs i of a panel w[tap, i, j] of 16 outputs.</summary>
    public static void Transform(float* panel, int inputs, float* u, nint pointStride)
    {
        var body = new TransformBody(panel, (nint)inputs * Panels.Width, u, pointStride);
        RegisterLoop.Run(ref body, inputs * Panels.Width);
    }

    /// <summary>dw[tap tapStride + j] += Gᵀ du for outputs j of one input, with point p of du at du + p pointStride.</summary>
    public static void AddGradient(float* du, nint pointStride, int outputs, float* dw, nint tapStride)
    {
        var body = new GradientBody(du, pointStride, dw, tapStride);
        RegisterLoop.Run(ref body, outputs);
    }

    // Three axes in turn, the first of them from and the last to memory, the others through a scratch of (depth, height, width).
    private readonly struct TransformBody(float* w, nint tapStride, float* u, nint pointStride) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var deep = stackalloc float[WinogradTiles.Slices * 9 * 16];
            var high = stackalloc float[18 * 16];
            for (var k = 0; k < 9; k++)
            {
                WinogradF2.Weight(new Line<T>(w + (k * tapStride) + channel, 9 * tapStride), new Line<T>(deep + (k * T.Count), 9 * T.Count));
            }

            for (var slice = 0; slice < WinogradTiles.Slices; slice++)
            {
                for (var k = 0; k < 3; k++)
                {
                    TAxis.Weight(new Line<T>(deep + (((slice * 9) + k) * T.Count), 3 * T.Count), new Line<T>(high + (k * T.Count), 3 * T.Count));
                }

                for (var i = 0; i < TAxis.Points; i++)
                {
                    var point = ((slice * TAxis.Points) + i) * TAxis.Points;
                    TAxis.Weight(new Line<T>(high + (i * 3 * T.Count), T.Count), new Line<T>(u + (point * pointStride) + channel, pointStride));
                }
            }
        }
    }

    private readonly struct GradientBody(float* du, nint pointStride, float* dw, nint tapStride) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var deep = stackalloc float[WinogradTiles.Slices * 9 * 16];
            var high = stackalloc float[18 * 16];
            var taps = stackalloc float[3 * 16];
            for (var slice = 0; slice < WinogradTiles.Slices; slice++)
            {
                for (var i = 0; i < TAxis.Points; i++)
                {
                    var point = ((slice * TAxis.Points) + i) * TAxis.Points;
                    TAxis.WeightGradient(new Line<T>(du + (point * pointStride) + channel, pointStride), new Line<T>(high + (i * 3 * T.Count), T.Count));
                }

                for (var k = 0; k < 3; k++)
                {
                    TAxis.WeightGradient(new Line<T>(high + (k * T.Count), 3 * T.Count), new Line<T>(deep + (((slice * 9) + k) * T.Count), 3 * T.Count));
                }
            }

            for (var k = 0; k < 9; k++)
            {
                var sum = new Line<T>(taps, T.Count);
                WinogradF2.WeightGradient(new Line<T>(deep + (k * T.Count), 9 * T.Count), sum);
                var target = new Line<T>(dw + (k * tapStride) + channel, 9 * tapStride);
                for (var tap = 0; tap < 3; tap++)
                {
                    target.Put(tap, target.Get(tap) + sum.Get(tap));
                }
            }
        }
    }
}
