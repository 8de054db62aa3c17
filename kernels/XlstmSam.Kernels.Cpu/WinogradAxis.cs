using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Where a transform along one axis reads its values.</summary>
internal interface ISource<T>
{
    T Get(int index);
}

/// <summary>
/// One axis of one of Winograd's minimal convolutions with three taps (Lavin and Gray, 2015): the results of a tile from one product per point,
/// y = Aᵀ[(G w) ∘ (Bᵀ d)].
/// </summary>
internal interface IWinogradAxis
{
    /// <summary>Inputs that a tile reads.</summary>
    static abstract int Patch { get; }

    /// <summary>From the first input of a tile to that of the next.</summary>
    static abstract int Step { get; }

    /// <summary>Results of a tile.</summary>
    static abstract int Outputs { get; }

    /// <summary>Products of a tile.</summary>
    static abstract int Points { get; }

    /// <summary>Transformed taps: fewer than points where some share theirs.</summary>
    static abstract int Weights { get; }

    /// <summary>The transformed tap of a point. Points that share one follow each other.</summary>
    static abstract int WeightOf(int point);

    /// <summary>Bᵀ d: patch to points.</summary>
    static abstract void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>Aᵀ m: points to outputs.</summary>
    static abstract void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>;

    /// <summary>G w: three taps to transformed taps.</summary>
    static abstract void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>;
}

/// <summary>An axis whose adjoints give the gradient of the weight: dw = Gᵀ[(Bᵀ d) ∘ (A dy)].</summary>
internal interface IWinogradAdjoint : IWinogradAxis
{
    /// <summary>A dy: outputs to points.</summary>
    static abstract void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>Gᵀ du: transformed taps to three taps.</summary>
    static abstract void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>;
}

/// <summary>
/// An axis whose points are computed one after another, as slices of the depth: each combines at most two planes of the patch, and adds to
/// planes of the results or subtracts from them.
/// </summary>
internal interface IWinogradDepth : IWinogradAxis
{
    /// <summary>Input slice s is plane First + Factor times plane Second of the patch.</summary>
    static abstract (int First, int Second, float Factor) InputPlanes(int slice);

    /// <summary>What slice s contributes to a plane of the results: 1, -1 or 0.</summary>
    static abstract int OutputSign(int slice, int plane);
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

/// <summary>a + factor b, element by element: a slice of the depth, which combines two planes.</summary>
internal readonly unsafe struct PlanePair<T>(float* a, float* b, T factor, nint step) : ISource<T>
    where T : unmanaged, IRegister<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get(int index) => T.MultiplyAdd(factor, T.Load(b + (index * step)), T.Load(a + (index * step)));
}
