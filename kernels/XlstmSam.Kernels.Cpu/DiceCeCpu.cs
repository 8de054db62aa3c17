namespace XlstmSam.Kernels.Cpu;

internal sealed class DiceCeCpu(WorkerPool pool) : IDiceCe
{
    public WorkerPool Pool => pool;

    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums) => throw new NotImplementedException();

    public void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits) => throw new NotImplementedException();
}
