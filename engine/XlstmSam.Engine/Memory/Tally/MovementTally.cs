using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts moves: no flops, only bytes.</summary>
internal sealed class MovementTally(TallyLedger ledger) : IMovement
{
    public void Copy(in CopyGeometry geometry, View source, View target, bool accumulate) => Add(geometry.Rows * geometry.Width, accumulate);

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate) => Add((long)batch * rows * columns, accumulate);

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate) => Add(outer * length * inner, accumulate);

    public void Gather(int width, I32View index, View table, View target) => Add(width * index.Length, accumulate: false);

    public void GatherBackward(int width, I32View index, View dtarget, View dtable)
    {
        if (!dtable.IsNone)
        {
            Add(width * index.Length, accumulate: true);
        }
    }

    // A move that accumulates is a gradient; it reads its target too.
    private void Add(long length, bool accumulate) =>
        ledger.Add("Movement", accumulate ? TallyPass.BackwardData : TallyPass.Forward, 0, (accumulate ? 3 : 2) * length * sizeof(float));
}
