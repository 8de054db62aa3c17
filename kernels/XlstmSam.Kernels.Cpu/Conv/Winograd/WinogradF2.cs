using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>F(2, 3) at the points 0, 1, -1 and infinity.</summary>
internal readonly struct WinogradF2 : IWinogradDepth, IWinogradAdjoint
{
    public static int Patch => 4;

    public static int Step => 2;

    public static int Outputs => 2;

    public static int Inputs => 4;

    public static int Weights => 4;

    public static int Sums => 4;

    public static int Products => 4;

    public static WinogradProduct Product(int index) => new(index, index, index);

    public static (int First, int Second, float Factor) InputPlanes(int input) => input switch
    {
        0 => (0, 2, -1),
        1 => (2, 1, 1),
        2 => (2, 1, -1),
        _ => (1, 3, -1),
    };

    public static int OutputSign(int sum, int plane) => (sum, plane) switch
    {
        (3, 0) or (0, 1) => 0,
        (2 or 3, 1) => -1,
        _ => 1,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (d0, d1, d2, d3) = (d.Get(0), d.Get(1), d.Get(2), d.Get(3));
        v.Put(0, d0 - d2);
        v.Put(1, d1 + d2);
        v.Put(2, d2 - d1);
        v.Put(3, d1 - d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>
    {
        var (m1, m2) = (m.Get(1), m.Get(2));
        y.Put(0, m.Get(0) + m1 + m2);
        y.Put(1, m1 - m2 - m.Get(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (y0, y1) = (dy.Get(0), dy.Get(1));
        z.Put(0, y0);
        z.Put(1, y0 + y1);
        z.Put(2, y0 - y1);
        z.Put(3, -y1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>
    {
        var half = T.Of(0.5f);
        var (w0, w2) = (w.Get(0), w.Get(2));
        var (even, odd) = (half * (w0 + w2), half * w.Get(1));
        u.Put(0, w0);
        u.Put(1, even + odd);
        u.Put(2, even - odd);
        u.Put(3, w2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>
    {
        var half = T.Of(0.5f);
        var (u1, u2) = (du.Get(1), du.Get(2));
        var even = half * (u1 + u2);
        dw.Put(0, du.Get(0) + even);
        dw.Put(1, half * (u1 - u2));
        dw.Put(2, even + du.Get(3));
    }
}
