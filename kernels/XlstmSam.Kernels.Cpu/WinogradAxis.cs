using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Where a transform along one axis reads its values.</summary>
internal interface ISource<T>
{
    T Get(int index);
}

/// <summary>
/// One axis of Winograd's minimal convolution F(m, 3) (Lavin and Gray, 2015): m results of three taps from m + 2 products,
/// y = Aᵀ[(G w) ∘ (Bᵀ d)]. The adjoints of the same matrices give the gradient of the weight: dw = Gᵀ[(Bᵀ d) ∘ (A dy)].
/// </summary>
internal interface IWinogradAxis
{
    /// <summary>m.</summary>
    static abstract int Outputs { get; }

    /// <summary>m + 2.</summary>
    static abstract int Points { get; }

    /// <summary>Bᵀ d: points to points.</summary>
    static abstract void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>Aᵀ m: points to outputs.</summary>
    static abstract void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>;

    /// <summary>A dy: outputs to points.</summary>
    static abstract void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>G w: three taps to points.</summary>
    static abstract void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>;

    /// <summary>Gᵀ du: points to three taps.</summary>
    static abstract void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>;
}

/// <summary>Registers in memory, a step apart.</summary>
internal readonly unsafe struct Line<T>(float* start, nint step) : ISource<T>
    where T : unmanaged, IRegister<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get(int index) => T.Load(start + (index * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int index, T value) => value.Store(start + (index * step));
}

/// <summary>a + factor b, element by element: the transform of F(2, 3) along the depth, which combines two planes.</summary>
internal readonly unsafe struct PlanePair<T>(float* a, float* b, T factor, nint step) : ISource<T>
    where T : unmanaged, IRegister<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get(int index) => T.MultiplyAdd(factor, T.Load(b + (index * step)), T.Load(a + (index * step)));
}
