using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Moments of each channel over the results of one sample, taken from units of twelve tiles while these are in the cache: twice over a unit, about
/// its own mean, so nothing cancels. Units merge in their order by Chan's formula in double.
/// </summary>
/// <param name="partial">Room for <see cref="Length"/> floats.</param>
internal readonly unsafe struct TileMoments(long tiles, int channels, float* partial)
{
    public const int TilesOfUnit = 12;

    /// <summary>True of the default: nobody asks for moments.</summary>
    public bool IsNone => partial is null;

    public static long Length(long tiles, int channels) => Units(tiles) * Stride(channels);

    /// <summary>Takes the moments of one unit, whose voxels begin at these addresses.</summary>
    public void Take(long unit, ReadOnlySpan<nint> voxels)
    {
        var own = partial + (unit * Stride(channels));
        own[2 * channels] = voxels.Length;
        fixed (nint* first = voxels)
        {
            var body = new UnitBody(first, voxels.Length, own, own + channels);
            RegisterLoop.Run(ref body, channels);
        }
    }

    /// <summary>Mean and 1 / sqrt(variance + epsilon) of each channel.</summary>
    public void Store(WorkerPool pool, float epsilon, float* mean, float* rstd) =>
        pool.Run(channels, new ChannelJob(Units(tiles), channels, partial, epsilon, mean, rstd));

    private static long Units(long tiles) => (tiles + TilesOfUnit - 1) / TilesOfUnit;

    private static long Stride(int channels) => (2L * channels) + 1;

    private readonly struct ChannelJob(long units, int channels, float* partial, float epsilon, float* mean, float* rstd) : IWorkItems
    {
        public void Run(int channel)
        {
            var (average, squares, seen) = (0.0, 0.0, 0L);
            for (var unit = 0L; unit < units; unit++)
            {
                var own = partial + (unit * Stride(channels));
                var count = (long)own[2 * channels];
                PlaneMoments.Merge(ref average, ref squares, seen, own[channel], own[channels + channel], count);
                seen += count;
            }

            mean[channel] = (float)average;
            rstd[channel] = (float)(1 / Math.Sqrt((squares / seen) + epsilon));
        }
    }

    private readonly struct UnitBody(nint* voxels, int count, float* mean, float* squares) : IRegisterBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var share = T.Of(1f / count);
            var sum = T.Of(0);
            for (var i = 0; i < count; i++)
            {
                sum += T.Load((float*)voxels[i] + channel);
            }

            var centre = sum * share;
            var (deviation, square) = (T.Of(0), T.Of(0));
            for (var i = 0; i < count; i++)
            {
                var d = T.Load((float*)voxels[i] + channel) - centre;
                deviation += d;
                square = T.MultiplyAdd(d, d, square);
            }

            var shift = deviation * share;
            (centre + shift).Store(mean + channel);
            (square - (deviation * shift)).Store(squares + channel);
        }
    }
}
