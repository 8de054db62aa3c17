using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>How a thread reaches the first valid (1 to 4) of four neighbouring elements. Both ways give the same bits.</summary>
public interface IQuadAccess
{
    /// <returns>0 for what is not valid.</returns>
    static abstract Float4 Load(ArrayView<float> x, long index, int valid);

    static abstract void Store(ArrayView<float> y, long index, int valid, Float4 value);

    /// <returns>0 for what is not valid.</returns>
    static abstract Float4 Load<TElement>(ArrayView<TElement> x, long index, int valid)
        where TElement : unmanaged, IElement<TElement>;

    static abstract void Store<TElement>(ArrayView<TElement> y, long index, int valid, Float4 value)
        where TElement : unmanaged, IElement<TElement>;

    /// <returns>0 in place of what is not valid.</returns>
    static abstract Float4 Only(Float4 value, int valid);
}

/// <summary>All four are valid, and lie at a multiple of their size.</summary>
public readonly struct Aligned : IQuadAccess
{
    public static Float4 Load(ArrayView<float> x, long index, int valid) => x.Cast<Float4>()[index >> 2];

    public static void Store(ArrayView<float> y, long index, int valid, Float4 value) => y.Cast<Float4>()[index >> 2] = value;

    public static Float4 Load<TElement>(ArrayView<TElement> x, long index, int valid)
        where TElement : unmanaged, IElement<TElement> => TElement.LoadFour(x, index);

    public static void Store<TElement>(ArrayView<TElement> y, long index, int valid, Float4 value)
        where TElement : unmanaged, IElement<TElement> => TElement.StoreFour(y, index, value);

    public static Float4 Only(Float4 value, int valid) => value;
}

/// <summary>One by one, for numbers of columns that four does not divide.</summary>
public readonly struct Loose : IQuadAccess
{
    public static Float4 Load(ArrayView<float> x, long index, int valid) => Load(x.Cast<FloatElement>(), index, valid);

    public static void Store(ArrayView<float> y, long index, int valid, Float4 value) => Store(y.Cast<FloatElement>(), index, valid, value);

    public static Float4 Load<TElement>(ArrayView<TElement> x, long index, int valid)
        where TElement : unmanaged, IElement<TElement> =>
        new(TElement.Load(x, index), valid > 1 ? TElement.Load(x, index + 1) : 0, valid > 2 ? TElement.Load(x, index + 2) : 0,
            valid > 3 ? TElement.Load(x, index + 3) : 0);

    public static void Store<TElement>(ArrayView<TElement> y, long index, int valid, Float4 value)
        where TElement : unmanaged, IElement<TElement>
    {
        TElement.Store(y, index, value.X);
        if (valid > 1)
        {
            TElement.Store(y, index + 1, value.Y);
        }

        if (valid > 2)
        {
            TElement.Store(y, index + 2, value.Z);
        }

        if (valid > 3)
        {
            TElement.Store(y, index + 3, value.W);
        }
    }

    public static Float4 Only(Float4 value, int valid) => new(value.X, valid > 1 ? value.Y : 0, valid > 2 ? value.Z : 0, valid > 3 ? value.W : 0);
}
