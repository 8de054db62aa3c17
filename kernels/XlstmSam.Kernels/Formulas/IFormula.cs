namespace XlstmSam.Kernels;

/// <summary>y = f(x) and its gradient, written once for every lane.</summary>
public interface IUnaryFormula
{
    /// <summary>y = f(x).</summary>
    static abstract T Forward<T>(T x)
        where T : unmanaged, ILane<T>;

    /// <summary>dx = dy f'(x).</summary>
    static abstract T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T>;
}

/// <summary>y = f(a, b) and its gradients, written once for every lane.</summary>
public interface IBinaryFormula
{
    /// <summary>y = f(a, b).</summary>
    static abstract T Forward<T>(T a, T b)
        where T : unmanaged, ILane<T>;

    /// <summary>da = dy df/da.</summary>
    static abstract T BackwardA<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T>;

    /// <summary>db = dy df/db.</summary>
    static abstract T BackwardB<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T>;
}
