namespace XlstmSam.Kernels;

/// <summary>a holds Outer runs of Period elements, b one run that is repeated: y[o, p] = f(a[o, p], b[p]). Outer = 1: same shapes.</summary>
public readonly record struct BinaryGeometry(long Outer, long Period) : IGeometry
{
    public long Length => Outer * Period;

    public long Flops => Length;

    public long Bytes => ((2 * Length) + Period) * sizeof(float);
}

/// <summary>
/// Formulas applied element by element. Backward accumulates (+=) and skips absent operands. Fill, Cast and AddScaled take views of any type.
/// </summary>
public interface IElementwise
{
    /// <summary>y = value.</summary>
    void Fill(View y, float value);

    /// <summary>y = x, rounded to y's type.</summary>
    void Cast(View x, View y);

    /// <summary>y += scale x.</summary>
    void AddScaled(View x, float scale, View y);

    void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula;

    void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula;

    void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula;

    /// <summary>db[p] sums over the repeats in a fixed order.</summary>
    void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula;
}
