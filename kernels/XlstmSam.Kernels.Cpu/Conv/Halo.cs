using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The input rows that a block of results reads, copied with their zero padding: then the width taps and channels of one result are
/// one contiguous run, and no product asks where the border is.
/// </summary>
internal static unsafe class Halo
{
    /// <summary>Floats of one padded row.</summary>
    public static nint Pitch(in ConvAxis width, int channels) => (nint)width.Reach(width.Count) * channels;

    /// <summary>Copies <paramref name="slabs"/> x <paramref name="rows"/> rows from input (d0, h0) on, which may lie outside.</summary>
    public static void Copy(
        float* volume, in ConvAxis depth, in ConvAxis height, in ConvAxis width, int channels, int d0, int slabs, int h0, int rows, float* target)
    {
        var pitch = Pitch(width, channels);
        var w0 = Math.Clamp(width.InOrigin, 0, width.In);
        var w1 = Math.Clamp(width.InOrigin + width.Reach(width.Count), w0, width.In);
        var left = (nint)Math.Clamp(w0 - width.InOrigin, 0, width.Reach(width.Count)) * channels;
        var inside = (nint)(w1 - w0) * channels;
        for (var d = d0; d < d0 + slabs; d++)
        {
            for (var h = h0; h < h0 + rows; h++, target += pitch)
            {
                if (d < 0 || d >= depth.In || h < 0 || h >= height.In || inside == 0)
                {
                    Clear(target, pitch);
                    continue;
                }

                Clear(target, left);
                var source = volume + (((((long)d * height.In) + h) * width.In) + w0) * channels;
                Unsafe.CopyBlockUnaligned(target + left, source, checked((uint)(inside * sizeof(float))));
                Clear(target + left + inside, pitch - left - inside);
            }
        }
    }

    private static void Clear(float* target, nint length) => new Span<float>(target, (int)length).Clear();
}
