namespace XlstmSam.Kernels;

/// <summary>a holds Outer runs of Period elements, b one run that is repeated: y[o, p] = f(a[o, p], b[p]). Outer = 1: same shapes.</summary>
public readonly record struct BinaryGeometry(long Outer, long Period) : IGeometry
{
    /// <summary>Elements of y.</summary>
    public long Length => Outer * Period;

    /// <inheritdoc/>
    public long Flops => Length;

    /// <inheritdoc/>
    public long Bytes => ((2 * Length) + Period) * sizeof(float);
}

/// <summary>
/// Formulas applied element by element. Backward accumulates (+=) and skips absent operands. Fill, Cast and AddScaled take views of any type.
/// </summary>
public interface IElementwise : IKernelFamily<BinaryGeometry>
{
    /// <summary>y = value.</summary>
    void Fill(View y, float value);

    /// <summary>y = x, rounded to y's type.</summary>
    void Cast(View x, View y);

    /// <summary>y += scale x.</summary>
    void AddScaled(View x, float scale, View y);

    /// <summary>y = f(x).</summary>
    void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula;

    /// <summary>dx += dy f'(x), unless dx is None.</summary>
    void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula;

    /// <summary>y = f(a, b).</summary>
    void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula;

    /// <summary>db[p] sums over the repeats in a fixed order.</summary>
    void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula;
}

internal sealed partial class CountedKernels : IElementwise
{
    public long ScratchBytes(in BinaryGeometry geometry) => real.Elementwise.ScratchBytes(geometry);

    public void Fill(View y, float value) => ledger.Add("Elementwise.Fill", TallyPass.Forward, 0, y.ByteLength);

    public void Cast(View x, View y) => ledger.Add("Elementwise.Cast", TallyPass.Forward, 0, x.ByteLength + y.ByteLength);

    public void AddScaled(View x, float scale, View y) =>
        ledger.Add("Elementwise.AddScaled", TallyPass.Forward, 2 * x.Length, x.ByteLength + (2 * y.ByteLength));

    public void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula => ledger.Add(FormulaName<TFormula>(), TallyPass.Forward, x.Length, 2 * x.Length * sizeof(float));

    public void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula
    {
        if (!dx.IsNone)
        {
            ledger.Add(FormulaName<TFormula>(), TallyPass.BackwardData, x.Length, 4 * x.Length * sizeof(float));
        }
    }

    public void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula => Add(FormulaName<TFormula>(), TallyPass.Forward, real.Elementwise, geometry);

    public void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula
    {
        AddBackward(FormulaName<TFormula>(), real.Elementwise, geometry, data: !da.IsNone, weight: false);
        AddBackward(FormulaName<TFormula>(), real.Elementwise, geometry, data: !db.IsNone, weight: false);
    }

    private static string FormulaName<TFormula>() => $"Elementwise.{typeof(TFormula).Name}";
}
