namespace XlstmSam.Kernels;

/// <summary>
/// The arithmetic a formula is written in. A lane is one float, a SIMD register or one GPU thread's value:
/// the same text of a formula compiles to all of them.
/// </summary>
public interface ILane<T>
    where T : unmanaged, ILane<T>
{
    /// <summary>The same number in every lane.</summary>
    static abstract T Of(float value);

    /// <summary>a + b, lane by lane.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>a - b, lane by lane.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>a b, lane by lane.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>a / b, lane by lane.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>-a, lane by lane.</summary>
    static abstract T operator -(T a);

    /// <summary>a b + c, rounded once where the machine can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>e to the x.</summary>
    static abstract T Exp(T x);

    /// <summary>The natural logarithm.</summary>
    static abstract T Log(T x);

    /// <summary>log(1 + x) for x in [0, 1], correct for tiny x too.</summary>
    static virtual T LogOnePlus(T x) => LaneMath.LogOnePlus(x);

    /// <summary>|x|.</summary>
    static abstract T Abs(T x);

    /// <summary>The larger number; NaN if either is.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller number; NaN if either is.</summary>
    static abstract T Min(T a, T b);

    /// <summary>x > 0 ? positive : otherwise, lane by lane.</summary>
    static abstract T IfPositive(T x, T positive, T otherwise);
}
