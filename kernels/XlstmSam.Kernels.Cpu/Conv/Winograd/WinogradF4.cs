using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>F(4, 3) at the points 0, 1, -1, 2, -2 and infinity.</summary>
internal readonly struct WinogradF4 : IWinogradAdjoint
{
    public static int Patch => 6;

    public static int Step => 4;

    public static int Outputs => 4;

    public static int Inputs => 6;

    public static int Weights => 6;

    public static int Sums => 6;

    public static int Products => 6;

    public static WinogradProduct Product(int index) => new(index, index, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (four, minusFour, minusFive) = (T.Of(4), T.Of(-4), T.Of(-5));
        var (d0, d1, d2, d3, d4, d5) = (d.Get(0), d.Get(1), d.Get(2), d.Get(3), d.Get(4), d.Get(5));
        v.Put(0, T.MultiplyAdd(four, d0, T.MultiplyAdd(minusFive, d2, d4)));
        v.Put(5, T.MultiplyAdd(four, d1, T.MultiplyAdd(minusFive, d3, d5)));
        var (even, odd) = (T.MultiplyAdd(minusFour, d2, d4), T.MultiplyAdd(minusFour, d1, d3));
        v.Put(1, even + odd);
        v.Put(2, even - odd);
        (even, odd) = (d4 - d2, d3 - d1);
        odd += odd;
        v.Put(3, even + odd);
        v.Put(4, even - odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>
    {
        var (m1, m2, m3, m4) = (m.Get(1), m.Get(2), m.Get(3), m.Get(4));
        var (sum1, sum2, difference1, difference2) = (m1 + m2, m3 + m4, m1 - m2, m3 - m4);
        y.Put(0, m.Get(0) + sum1 + sum2);
        y.Put(1, T.MultiplyAdd(T.Of(2), difference2, difference1));
        y.Put(2, T.MultiplyAdd(T.Of(4), sum2, sum1));
        y.Put(3, T.MultiplyAdd(T.Of(8), difference2, difference1) + m.Get(5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (y0, y1, y2, y3) = (dy.Get(0), dy.Get(1), dy.Get(2), dy.Get(3));
        z.Put(0, y0);
        z.Put(5, y3);
        var (even, odd) = (y0 + y2, y1 + y3);
        z.Put(1, even + odd);
        z.Put(2, even - odd);
        (even, odd) = (T.MultiplyAdd(T.Of(4), y2, y0), T.MultiplyAdd(T.Of(8), y3, y1 + y1));
        z.Put(3, even + odd);
        z.Put(4, even - odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>
    {
        var (w0, w1, w2) = (w.Get(0), w.Get(1), w.Get(2));
        u.Put(0, T.Of(1 / 4f) * w0);
        u.Put(5, w2);
        var (even, odd) = (T.Of(-1 / 6f) * (w0 + w2), T.Of(-1 / 6f) * w1);
        u.Put(1, even + odd);
        u.Put(2, even - odd);
        (even, odd) = (T.MultiplyAdd(T.Of(1 / 24f), w0, T.Of(1 / 6f) * w2), T.Of(1 / 12f) * w1);
        u.Put(3, even + odd);
        u.Put(4, even - odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>
    {
        var (u1, u2, u3, u4) = (du.Get(1), du.Get(2), du.Get(3), du.Get(4));
        var (sum1, sum2) = (T.Of(-1 / 6f) * (u1 + u2), u3 + u4);
        dw.Put(0, T.MultiplyAdd(T.Of(1 / 4f), du.Get(0), T.MultiplyAdd(T.Of(1 / 24f), sum2, sum1)));
        dw.Put(1, T.MultiplyAdd(T.Of(1 / 12f), u3 - u4, T.Of(-1 / 6f) * (u1 - u2)));
        dw.Put(2, T.MultiplyAdd(T.Of(1 / 6f), sum2, sum1) + du.Get(5));
    }
}
