using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts elementwise calls, one family per formula.</summary>
internal sealed class ElementwiseTally(TallyLedger ledger) : IElementwise
{
    public void Fill(View y, float value) => ledger.Add("Elementwise.Fill", TallyPass.Forward, 0, y.ByteLength);

    public void Cast(View x, View y) => ledger.Add("Elementwise.Cast", TallyPass.Forward, 0, x.ByteLength + y.ByteLength);

    public void AddScaled(View x, float scale, View y) => ledger.Add("Elementwise.AddScaled", TallyPass.Forward, 2 * x.Length, x.ByteLength + (2 * y.ByteLength));

    public void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula => ledger.Add(Family<TFormula>(), TallyPass.Forward, x.Length, 2 * x.Length * sizeof(float));

    public void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula
    {
        if (!dx.IsNone)
        {
            ledger.Add(Family<TFormula>(), TallyPass.BackwardData, x.Length, 4 * x.Length * sizeof(float));
        }
    }

    public void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula => ledger.Add(Family<TFormula>(), TallyPass.Forward, geometry);

    public void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula
    {
        ledger.AddBackward(Family<TFormula>(), geometry, data: !da.IsNone, weight: false);
        ledger.AddBackward(Family<TFormula>(), geometry, data: !db.IsNone, weight: false);
    }

    private static string Family<TFormula>() => $"Elementwise.{typeof(TFormula).Name}";
}
