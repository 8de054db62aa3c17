using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>A function of a float that is evaluated in double and rounded once.</summary>
internal interface IFunction
{
    static abstract Vector256<double> Apply(Vector256<double> x);
}

/// <summary>
/// ex2, lg2, rsqrt, sin, cos: hardware approximates them to about 2 ulp (sine and cosine to an absolute 2^-21 near zero), here they are correctly
/// rounded. A kernel that needs the last two bits of hardware's answer cannot be judged here.
/// </summary>
internal readonly struct Rounded<TFunction> : IUnary
    where TFunction : struct, IFunction
{
    public static Vector256<T> Apply<T>(Vector256<T> x)
    {
        var (lower, upper) = Vector256.Widen(x.As<T, float>());
        return Vector256.Narrow(TFunction.Apply(lower), TFunction.Apply(upper)).As<float, T>();
    }
}

internal readonly struct Exp2 : IFunction
{
    public static Vector256<double> Apply(Vector256<double> x) => Vector256.Exp(x * Math.Log(2));
}

internal readonly struct Log2 : IFunction
{
    public static Vector256<double> Apply(Vector256<double> x) => Vector256.Log2(x);
}

internal readonly struct ReciprocalRoot : IFunction
{
    public static Vector256<double> Apply(Vector256<double> x) => Vector256<double>.One / Vector256.Sqrt(x);
}

internal readonly struct Sine : IFunction
{
    public static Vector256<double> Apply(Vector256<double> x) => Vector256.Sin(x);
}

internal readonly struct Cosine : IFunction
{
    public static Vector256<double> Apply(Vector256<double> x) => Vector256.Cos(x);
}

/// <summary>tanh.approx keeps 11 bits on hardware, so it does here: whoever takes it for exact shall notice.</summary>
internal readonly struct CoarseTanh : IUnary
{
    public static Vector256<T> Apply<T>(Vector256<T> x)
    {
        var exact = Rounded<Tanh>.Apply(x).As<T, uint>();
        return (exact & Vector256.Create(0xfffff000u)).As<uint, T>();
    }

    private readonly struct Tanh : IFunction
    {
        public static Vector256<double> Apply(Vector256<double> x)
        {
            var one = Vector256<double>.One;
            return one - ((one + one) / (Vector256.Exp(x + x) + one));
        }
    }
}
