using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>
/// Functions that several formulas share, built from the arithmetic of a lane. Log stays a call: a loop that had to take two polynomials in
/// would exceed what the compiler inlines into one method and would call every single operator instead.
/// </summary>
internal static class LaneMath
{
    /// <summary>log(1 + x) for x in [0, 1], correct for tiny x too: what 1 + x rounds away, the factor x / ((1 + x) - 1) restores.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T LogOnePlus<T>(T x)
        where T : unmanaged, ILane<T>
    {
        var u = T.Of(1f) + x;
        var rounded = u - T.Of(1f);
        return T.IfPositive(rounded, T.Log(u) * x / rounded, x);
    }

    /// <summary>
    /// Φ(x), the normal distribution function, and exp(-x² / 2). With u = 1 / (1 + 0.35 |x|), Φ(-|x|) = u exp(-x² / 2) P(u): P is the
    /// minimax polynomial for |x| up to 13.5, where Φ leaves the range of a float, relative error 3e-8. Φ(|x|) = 1 - Φ(-|x|).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T NormalDistribution<T>(T x, out T bell)
        where T : unmanaged, ILane<T>
    {
        bell = T.Exp(T.Of(-0.5f) * x * x);
        var u = T.Of(1f) / T.MultiplyAdd(T.Of(0.35f), T.Abs(x), T.Of(1f));
        var p = T.MultiplyAdd(T.Of(-0.029125914f), u, T.Of(0.14387245f));
        p = T.MultiplyAdd(p, u, T.Of(-0.25550497f));
        p = T.MultiplyAdd(p, u, T.Of(0.1589297f));
        p = T.MultiplyAdd(p, u, T.Of(-0.022937391f));
        p = T.MultiplyAdd(p, u, T.Of(0.10543303f));
        p = T.MultiplyAdd(p, u, T.Of(0.11985242f));
        p = T.MultiplyAdd(p, u, T.Of(0.13985908f));
        p = T.MultiplyAdd(p, u, T.Of(0.13962157f));
        var tail = u * bell * p;
        return T.IfPositive(x, T.Of(1f) - tail, tail);
    }
}
