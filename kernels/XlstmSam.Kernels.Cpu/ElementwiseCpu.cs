namespace XlstmSam.Kernels.Cpu;

internal sealed class ElementwiseCpu(WorkerPool pool) : IElementwise
{
    public WorkerPool Pool => pool;

    public void Fill(View y, float value) => throw new NotImplementedException();

    public void AddScaled(View x, float scale, View y) => throw new NotImplementedException();

    public void Unary<TFormula>(View x, View y) where TFormula : struct, IUnaryFormula => throw new NotImplementedException();

    public void UnaryBackward<TFormula>(View dy, View x, View dx) where TFormula : struct, IUnaryFormula => throw new NotImplementedException();

    public void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y) where TFormula : struct, IBinaryFormula => throw new NotImplementedException();

    public void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db) where TFormula : struct, IBinaryFormula => throw new NotImplementedException();
}
