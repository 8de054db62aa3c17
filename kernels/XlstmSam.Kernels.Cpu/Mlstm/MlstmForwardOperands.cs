namespace XlstmSam.Kernels.Cpu;

/// <summary>The operands of one forward call, and what is done to one chunk of them.</summary>
/// <param name="outputs">Elements of h: those of a second direction come after the first.</param>
internal readonly unsafe struct MlstmForwardOperands(float epsilon, float* q, float* k, float* v, float* i, float* f, float* h, long outputs)
{
    public float* K => k;

    public float* V => v;

    public void AddTo(ref RowPrefetch ahead, in MlstmScanLayout scan)
    {
        ahead.Add(k);
        ahead.Add(q);
        ahead.Add(v);
        ahead.Add(h + (scan.Direction * outputs));
    }

    public void SumGates(in MlstmScanLayout scan) => scan.SumGates(i, f);

    public void State(in MlstmScanLayout scan, int chunk, int block, ScratchSlices scratch, RowPrefetch* ahead) =>
        MlstmStates.Forward(scan, chunk, block, k, v, i, scratch, ahead);

    public void Output(in MlstmScanLayout scan, int chunk, ScratchSlices scratch, RowPrefetch* ahead) =>
        MlstmForwardChunk.Output(scan, chunk, epsilon, q, k, v, i, h + (scan.Direction * outputs), scratch, ahead);
}
