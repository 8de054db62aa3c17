using System.Numerics;

namespace XlstmSam.OpCases;

/// <summary>What a unary formula means, in any precision.</summary>
internal interface IUnaryDefinition
{
    static abstract T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>What a binary formula means, in any precision.</summary>
internal interface IBinaryDefinition
{
    static abstract T Of<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

internal readonly struct ReluDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Max(x, T.Zero);
}

internal readonly struct LeakyReluDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => x > T.Zero ? x : T.CreateChecked(0.01) * x;
}

internal readonly struct SigmoidDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));
}

internal readonly struct TanhDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Tanh(x);
}

internal readonly struct SiluDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => x * SigmoidDefinition.Of(x);
}

/// <summary>x (1 + erf(x / sqrt 2)) / 2 with erf(t) = 2 / sqrt(π) exp(-t²) Σ 2^n t^(2n+1) / (2n+1)!!, whose terms all have one sign.</summary>
internal readonly struct GeluDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var two = T.One + T.One;
        var t = x / T.Sqrt(two);
        var (term, sum) = (t, t);
        for (var n = 1; sum + term != sum; n++)
        {
            term *= two * t * t / T.CreateChecked((2 * n) + 1);
            sum += term;
        }

        return x * (T.One + (two / T.Sqrt(T.Pi) * T.Exp(-t * t) * sum)) / two;
    }
}

internal readonly struct SoftplusDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Max(x, T.Zero) + T.LogP1(T.Exp(-T.Abs(x)));
}

internal readonly struct LogSigmoidDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => -SoftplusDefinition.Of(-x);
}

internal readonly struct ExpDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Exp(x);
}

internal readonly struct SquareDefinition : IUnaryDefinition
{
    public static T Of<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => x * x;
}

internal readonly struct AddDefinition : IBinaryDefinition
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a + b;
}

internal readonly struct SubtractDefinition : IBinaryDefinition
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a - b;
}

internal readonly struct MultiplyDefinition : IBinaryDefinition
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * b;
}

internal readonly struct MultiplySiluDefinition : IBinaryDefinition
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * SiluDefinition.Of(b);
}
