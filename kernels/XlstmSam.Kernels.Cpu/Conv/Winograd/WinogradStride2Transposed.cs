using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The data gradient of step 2 and padding 1: four results from three gradients and five products. Results of odd index sum the outer taps, by
/// F(2, 2); those of even index take the middle one.
/// </summary>
internal readonly struct WinogradStride2Transposed : IWinogradDepth
{
    public static int Patch => 3;

    public static int Step => 2;

    public static int Outputs => 4;

    public static int Inputs => 4;

    public static int Weights => 4;

    public static int Sums => 5;

    public static int Products => 5;

    public static WinogradProduct Product(int index) => index switch
    {
        0 => new(0, 1, 0),
        1 => new(1, 3, 1),
        2 => new(2, 2, 2),
        3 => new(2, 1, 3),
        _ => new(3, 0, 4),
    };

    public static (int First, int Second, float Factor) InputPlanes(int input) => input switch
    {
        0 => (0, 0, 0),
        1 => (0, 1, -1),
        2 => (1, 1, 0),
        _ => (2, 1, -1),
    };

    public static int OutputSign(int sum, int plane) => (sum, plane) switch
    {
        (0, 0) or (1 or 2, 1) or (3, 2) or (2 or 4, 3) => 1,
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>
    {
        var (d0, d1) = (d.Get(0), d.Get(1));
        v.Put(0, d0);
        v.Put(1, d0 - d1);
        v.Put(2, d1);
        v.Put(3, d.Get(2) - d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>
    {
        var m2 = m.Get(2);
        y.Put(0, m.Get(0));
        y.Put(1, m.Get(1) + m2);
        y.Put(2, m.Get(3));
        y.Put(3, m2 + m.Get(4));
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
}
