using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The transforms of one slice of one tile: both axes of the plane by <typeparamref name="TAxis"/>, the depth by pairs of planes.</summary>
internal static unsafe class WinogradTransform<TAxis>
    where TAxis : struct, IWinogradAxis
{
    /// <summary>Room for the largest tile, transformed along one axis.</summary>
    public const int MostFloats = 36 * 16;

    /// <summary>v[i slot + c] = (Bᵀ d B)[i] of d = first + factor second.</summary>
    public static void Input(in WinogradPatch patch, float factor, int channels, float* v, nint slot)
    {
        var body = new InputBody(patch.First, patch.Second, factor, patch.Row, patch.Column, v, slot);
        RegisterLoop.Run(ref body, channels);
    }

    /// <summary>y[i m channels + j channels + c] = (Aᵀ m A)[i, j], with sum s of m at m + s slot.</summary>
    public static void Output(float* m, nint slot, int channels, float* y)
    {
        var body = new OutputBody(m, slot, channels, y);
        RegisterLoop.Run(ref body, channels);
    }

    private readonly struct InputBody(float* first, float* second, float factor, nint row, nint column, float* v, nint slot) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var rows = stackalloc float[MostFloats];
            var scale = T.Of(factor);
            for (var i = 0; i < TAxis.Patch; i++)
            {
                var source = new PlanePair<T>(first + (i * row) + channel, second + (i * row) + channel, scale, column);
                TAxis.Input(source, new Line<T>(rows + (i * TAxis.Inputs * T.Count), T.Count));
            }

            for (var j = 0; j < TAxis.Inputs; j++)
            {
                TAxis.Input(new Line<T>(rows + (j * T.Count), TAxis.Inputs * T.Count), new Line<T>(v + (j * slot) + channel, TAxis.Inputs * slot));
            }
        }
    }

    private readonly struct OutputBody(float* m, nint slot, int channels, float* y) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var rows = stackalloc float[MostFloats];
            for (var j = 0; j < TAxis.Sums; j++)
            {
                TAxis.Output(new Line<T>(m + (j * slot) + channel, TAxis.Sums * slot), new Line<T>(rows + (j * T.Count), TAxis.Sums * T.Count));
            }

            for (var i = 0; i < TAxis.Outputs; i++)
            {
                TAxis.Output(new Line<T>(rows + (i * TAxis.Sums * T.Count), T.Count), new Line<T>(y + (i * TAxis.Outputs * channels) + channel, channels));
            }
        }
    }
}
