using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

internal readonly struct Add : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x + y;
}

internal readonly struct Subtract : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x - y;
}

internal readonly struct Multiply : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x * y;
}

/// <summary>div.rn of floats; integers divide one by one.</summary>
internal readonly struct Divide : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x / y;
}

internal readonly struct And : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x & y;
}

internal readonly struct Or : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x | y;
}

internal readonly struct Xor : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => x ^ y;
}

/// <summary>Of a number and a NaN the number; -0 is below +0.</summary>
internal readonly struct Minimum : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.MinNumber(x, y);
}

internal readonly struct Maximum : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.MaxNumber(x, y);
}

/// <summary>min.NaN: NaN if either is.</summary>
internal readonly struct MinimumOrNaN : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.Min(x, y);
}

internal readonly struct MaximumOrNaN : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.Max(x, y);
}

internal readonly struct CopySign : IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.CopySign(y, x);
}

/// <summary>mad.lo: the product wraps before the sum does.</summary>
internal readonly struct MultiplyAdd : ITernary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) => (x * y) + z;
}

/// <summary>fma.rn: rounded once.</summary>
internal readonly struct FusedMultiplyAdd : ITernary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(x.As<T, float>(), y.As<T, float>(), z.As<T, float>()).As<float, T>()
        : Vector256.FusedMultiplyAdd(x.As<T, double>(), y.As<T, double>(), z.As<T, double>()).As<double, T>();
}

internal readonly struct Negate : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => -x;
}

internal readonly struct Absolute : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => Vector256.Abs(x);
}

internal readonly struct Complement : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => ~x;
}

internal readonly struct Copy : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => x;
}

internal readonly struct SquareRoot : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => Vector256.Sqrt(x);
}

internal readonly struct Reciprocal : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => Vector256<T>.One / x;
}

/// <summary>Subnormal floats become zero of their sign, before and after: .ftz.</summary>
internal readonly struct FlushUnary<TOp> : IUnary
    where TOp : struct, IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x) => Subnormal.Flush(TOp.Apply(Subnormal.Flush(x)));
}

internal readonly struct FlushBinary<TOp> : IBinary
    where TOp : struct, IBinary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Subnormal.Flush(TOp.Apply(Subnormal.Flush(x), Subnormal.Flush(y)));
}

internal readonly struct FlushTernary<TOp> : ITernary
    where TOp : struct, ITernary
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) =>
        Subnormal.Flush(TOp.Apply(Subnormal.Flush(x), Subnormal.Flush(y), Subnormal.Flush(z)));
}

internal static class Subnormal
{
    /// <summary>Leaves types other than float alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Flush<T>(Vector256<T> x)
    {
        if (typeof(T) != typeof(float))
        {
            return x;
        }

        var bits = x.As<T, uint>();
        var isTiny = Vector256.Equals(bits & Vector256.Create(0x7f800000u), Vector256<uint>.Zero);
        return Vector256.ConditionalSelect(isTiny, bits & Vector256.Create(0x80000000u), bits).As<uint, T>();
    }

    public static float Flush(float x) => float.IsSubnormal(x) ? float.CopySign(0, x) : x;
}
