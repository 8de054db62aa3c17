using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Two square planes of a volume with zeros outside it: views into the volume where they lie inside, copies where they do not.</summary>
internal unsafe ref struct WinogradPatch
{
    public float* First;
    public float* Second;
    public nint Row;
    public nint Column;

    /// <param name="volume">One sample (d, h, w, channels).</param>
    /// <param name="side">Of the square, from (h0, w0).</param>
    /// <param name="copy">Room for two squares.</param>
    public static WinogradPatch Of(float* volume, Extent3 size, int channels, int first, int second, int h0, int w0, int side, float* copy)
    {
        var plane = (nint)size.H * size.W * channels;
        if (IsInside(first, size.D) && IsInside(second, size.D) && h0 >= 0 && w0 >= 0 && h0 + side <= size.H && w0 + side <= size.W)
        {
            var origin = volume + ((((nint)h0 * size.W) + w0) * channels);
            return new() { First = origin + (first * plane), Second = origin + (second * plane), Row = (nint)size.W * channels, Column = channels };
        }

        var square = (nint)side * side * channels;
        Copy(IsInside(first, size.D) ? volume + (first * plane) : null, size, channels, h0, w0, side, copy);
        Copy(IsInside(second, size.D) ? volume + (second * plane) : null, size, channels, h0, w0, side, copy + square);
        return new() { First = copy, Second = copy + square, Row = (nint)side * channels, Column = channels };
    }

    private static bool IsInside(int index, int size) => (uint)index < (uint)size;

    private static void Copy(float* plane, Extent3 size, int channels, int h0, int w0, int side, float* target)
    {
        var run = (nint)side * channels;
        var (from, to) = (Math.Clamp(w0, 0, size.W), Math.Clamp(w0 + side, 0, size.W));
        var (left, inside) = ((nint)Math.Min(from - w0, side) * channels, (nint)Math.Max(0, to - from) * channels);
        for (var h = h0; h < h0 + side; h++, target += run)
        {
            if (plane is null || !IsInside(h, size.H) || inside == 0)
            {
                Clear(target, run);
                continue;
            }

            Clear(target, left);
            Unsafe.CopyBlockUnaligned(target + left, plane + ((((nint)h * size.W) + from) * channels), (uint)(inside * sizeof(float)));
            Clear(target + left + inside, run - left - inside);
        }
    }

    private static void Clear(float* target, nint length) => new Span<float>(target, (int)length).Clear();
}
