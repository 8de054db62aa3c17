using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Two results of step 2 from five inputs and five products instead of six. The three even inputs and the two outer taps make a convolution of step 1,
/// F(2, 2), which Winograd's method does with three products (interpolation at the points 0, 1 and infinity; Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks", 2015). The two odd inputs are multiplied with the middle tap directly, each for the one result that it reaches.
/// </summary>
internal readonly struct WinogradStride2 : IWinogradDepth, IWinogradAdjoint
{
    public static int Patch => 5;

    public static int Step => 4;

    public static int Outputs => 2;

    public static int Inputs => 5;

    public static int Weights => 4;

    public static int Sums => 3;

    public static int Products => 5;

    public static WinogradProduct Product(int index) => index switch
    {
        0 => new(0, 0, 0),
        1 => new(1, 1, 0),
        2 => new(2, 2, 1),
        3 => new(3, 1, 2),
        _ => new(4, 3, 2),
    };

    public static (int First, int Second, float Factor) InputPlanes(int input) => input switch
    {
        0 => (0, 2, -1),
        1 => (1, 1, 0),
        2 => (2, 2, 0),
        3 => (3, 3, 0),
        _ => (4, 2, -1),
    };

    public static int OutputSign(int sum, int plane) => sum == plane || sum == plane + 1 ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var d2 = d.Get(2);
        v.Put(0, d.Get(0) - d2);
        v.Put(1, d.Get(1));
        v.Put(2, d2);
        v.Put(3, d.Get(3));
        v.Put(4, d.Get(4) - d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>
    {
        var m1 = m.Get(1);
        y.Put(0, m.Get(0) + m1);
        y.Put(1, m1 + m.Get(2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (y0, y1) = (dy.Get(0), dy.Get(1));
        z.Put(0, y0);
        z.Put(1, y0 + y1);
        z.Put(2, y1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>
    {
        var (w0, w2) = (w.Get(0), w.Get(2));
        u.Put(0, w0);
        u.Put(1, w.Get(1));
        u.Put(2, w0 + w2);
        u.Put(3, w2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>
    {
        var u2 = du.Get(2);
        dw.Put(0, du.Get(0) + u2);
        dw.Put(1, du.Get(1));
        dw.Put(2, u2 + du.Get(3));
    }
}
