using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts matrix products. A product that accumulates is a gradient: of the weight if its first operand is transposed, else of the data.</summary>
internal sealed class MatMulTally(TallyLedger ledger) : IMatMul
{
    public void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y) =>
        ledger.Add("MatMul", TallyPass.Forward, geometry);

    public void Accumulate(in MatMulGeometry geometry, View a, View b, View y) =>
        ledger.Add("MatMul", geometry.TransposeA ? TallyPass.BackwardWeight : TallyPass.BackwardData, geometry);
}
