using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Where a transform along one axis reads its values.</summary>
internal interface ISource<T>
{
    T Get(int index);
}

/// <summary>
/// One axis of one of Winograd's minimal convolutions with three taps (Lavin and Gray, 2015): y = Aᵀ s for sums s of products of a transformed
/// input v = Bᵀ d with a transformed tap u = G w. Along several axes a product has an input, a tap and a sum for each.
/// </summary>
internal interface IWinogradAxis
{
    /// <summary>Inputs that a tile reads.</summary>
    static abstract int Patch { get; }

    /// <summary>From the first input of a tile to that of the next.</summary>
    static abstract int Step { get; }

    /// <summary>Results of a tile.</summary>
    static abstract int Outputs { get; }

    /// <summary>Transformed inputs.</summary>
    static abstract int Inputs { get; }

    /// <summary>Transformed taps.</summary>
    static abstract int Weights { get; }

    static abstract int Sums { get; }

    static abstract int Products { get; }

    /// <summary>The input, the tap and the sum of a product, in the order of the sums.</summary>
    static abstract WinogradProduct Product(int index);

    /// <summary>Bᵀ d: patch to inputs.</summary>
    static abstract void Input<T, TSource>(TSource d, Line<T> v)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>Aᵀ m: sums to outputs.</summary>
    static abstract void Output<T>(Line<T> m, Line<T> y)
        where T : unmanaged, IRegister<T>;

    /// <summary>G w: three taps to transformed taps.</summary>
    static abstract void Weight<T>(Line<T> w, Line<T> u)
        where T : unmanaged, IRegister<T>;
}

internal readonly record struct WinogradProduct(int Input, int Weight, int Sum);

/// <summary>An axis whose adjoints give the gradient of the weight: dw = Gᵀ du, with v times A dy for each product that has this tap.</summary>
internal interface IWinogradAdjoint : IWinogradAxis
{
    /// <summary>A dy: outputs to sums.</summary>
    static abstract void OutputGradient<T, TSource>(TSource dy, Line<T> z)
        where T : unmanaged, IRegister<T>
        where TSource : struct, ISource<T>;

    /// <summary>Gᵀ du: transformed taps to three taps.</summary>
    static abstract void WeightGradient<T>(Line<T> du, Line<T> dw)
        where T : unmanaged, IRegister<T>;
}

/// <summary>
/// An axis whose products are computed one after another, as slices of the depth: an input combines at most two planes of the patch, a sum is
/// added to planes of the results or subtracted from them.
/// </summary>
internal interface IWinogradDepth : IWinogradAxis
{
    /// <summary>A transformed input is plane First + Factor times plane Second of the patch.</summary>
    static abstract (int First, int Second, float Factor) InputPlanes(int input);

    /// <summary>What a sum contributes to a plane of the results: 1, -1 or 0.</summary>
    static abstract int OutputSign(int sum, int plane);
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
