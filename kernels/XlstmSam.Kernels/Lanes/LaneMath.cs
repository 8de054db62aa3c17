using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>
/// Functions that several formulas share, built from the arithmetic of a lane. They stay calls: a loop that had to take them in
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
    /// Φ(x), the normal distribution function. With t = |x| / sqrt(2): Φ(-|x|) = erfc(t) / 2, Φ(|x|) = 1 - erfc(t) / 2.
    /// erf below t = 1 is Cephes' polynomial; erfc above is the Chebyshev fit of Numerical Recipes, relative error 1.2e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T NormalDistribution<T>(T x)
        where T : unmanaged, ILane<T>
    {
        var t = T.Abs(x) * T.Of(0.70710678f);
        var tail = T.Of(0.5f) * LargeErfc(t);
        var inner = T.Of(0.5f) * SmallErf(T.IfPositive(x, t, -t)) + T.Of(0.5f);
        return T.IfPositive(t - T.Of(1f), T.IfPositive(x, T.Of(1f) - tail, tail), inner);
    }

    /// <summary>erf(t) for |t| ≤ 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SmallErf<T>(T t)
        where T : unmanaged, ILane<T>
    {
        var z = t * t;
        var p = T.MultiplyAdd(T.Of(7.853861353153693e-5f), z, T.Of(-8.010193625184903e-4f));
        p = T.MultiplyAdd(p, z, T.Of(5.188327685732524e-3f));
        p = T.MultiplyAdd(p, z, T.Of(-2.685381193529856e-2f));
        p = T.MultiplyAdd(p, z, T.Of(1.128358514861418e-1f));
        p = T.MultiplyAdd(p, z, T.Of(-3.761262582423300e-1f));
        p = T.MultiplyAdd(p, z, T.Of(1.128379165726710f));
        return p * t;
    }

    /// <summary>erfc(t) for t ≥ 0: u exp(-t² + polynomial(u)) with u = 1 / (1 + t / 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LargeErfc<T>(T t)
        where T : unmanaged, ILane<T>
    {
        var u = T.Of(1f) / (T.Of(1f) + (T.Of(0.5f) * t));
        var p = T.MultiplyAdd(T.Of(0.17087277f), u, T.Of(-0.82215223f));
        p = T.MultiplyAdd(p, u, T.Of(1.48851587f));
        p = T.MultiplyAdd(p, u, T.Of(-1.13520398f));
        p = T.MultiplyAdd(p, u, T.Of(0.27886807f));
        p = T.MultiplyAdd(p, u, T.Of(-0.18628806f));
        p = T.MultiplyAdd(p, u, T.Of(0.09678418f));
        p = T.MultiplyAdd(p, u, T.Of(0.37409196f));
        p = T.MultiplyAdd(p, u, T.Of(1.00002368f));
        p = T.MultiplyAdd(p, u, T.Of(-1.26551223f));
        return u * T.Exp(p - (t * t));
    }
}
