using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The transforms that give the gradient of the weight: of results on the way in, of products on the way out.</summary>
internal static unsafe class WinogradAdjoint<TDepth, TAxis>
    where TDepth : struct, IWinogradDepth, IWinogradAdjoint
    where TAxis : struct, IWinogradAdjoint
{
    /// <summary>z[s slot + c] = (A dy Aᵀ)[s] of dy = first + factor second.</summary>
    public static void OutputGradient(in WinogradPatch patch, float factor, int channels, float* z, nint slot)
    {
        var body = new ResultBody(patch.First, patch.Second, factor, patch.Row, patch.Column, z, slot);
        RegisterLoop.Run(ref body, channels);
    }

    /// <summary>dw[tap tapStride + j] += Gᵀ du for outputs j of one input, with transformed weight k of du at du + k weightStride.</summary>
    public static void AddWeight(float* du, nint weightStride, int outputs, float* dw, nint tapStride)
    {
        var body = new WeightBody(du, weightStride, dw, tapStride);
        RegisterLoop.Run(ref body, outputs);
    }

    private readonly struct ResultBody(float* first, float* second, float factor, nint row, nint column, float* z, nint slot) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var rows = stackalloc float[WinogradTransform<TAxis>.MostFloats];
            var scale = T.Of(factor);
            for (var i = 0; i < TAxis.Outputs; i++)
            {
                var source = new PlanePair<T>(first + (i * row) + channel, second + (i * row) + channel, scale, column);
                TAxis.OutputGradient(source, new Line<T>(rows + (i * TAxis.Sums * T.Count), T.Count));
            }

            for (var j = 0; j < TAxis.Sums; j++)
            {
                TAxis.OutputGradient(new Line<T>(rows + (j * T.Count), TAxis.Sums * T.Count), new Line<T>(z + (j * slot) + channel, TAxis.Sums * slot));
            }
        }
    }

    private readonly struct WeightBody(float* du, nint weightStride, float* dw, nint tapStride) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var deep = stackalloc float[TDepth.Weights * 9 * 16];
            var high = stackalloc float[TAxis.Weights * 3 * 16];
            var taps = stackalloc float[3 * 16];
            for (var plane = 0; plane < TDepth.Weights; plane++)
            {
                for (var i = 0; i < TAxis.Weights; i++)
                {
                    var weight = ((plane * TAxis.Weights) + i) * TAxis.Weights;
                    TAxis.WeightGradient(new Line<T>(du + (weight * weightStride) + channel, weightStride), new Line<T>(high + (i * 3 * T.Count), T.Count));
                }

                for (var k = 0; k < 3; k++)
                {
                    TAxis.WeightGradient(new Line<T>(high + (k * T.Count), 3 * T.Count), new Line<T>(deep + (((plane * 9) + k) * T.Count), 3 * T.Count));
                }
            }

            for (var k = 0; k < 9; k++)
            {
                var sum = new Line<T>(taps, T.Count);
                TDepth.WeightGradient(new Line<T>(deep + (k * T.Count), 9 * T.Count), sum);
                var target = new Line<T>(dw + (k * tapStride) + channel, 9 * tapStride);
                for (var tap = 0; tap < 3; tap++)
                {
                    target.Put(tap, target.Get(tap) + sum.Get(tap));
                }
            }
        }
    }
}
