namespace XlstmSam.Kernels;

/// <summary>Rows of Width elements, SourceStride and TargetStride apart: what slicing and concatenation are made of.</summary>
public readonly record struct CopyGeometry(long Rows, long Width, long SourceStride, long TargetStride) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => 2 * sizeof(float) * Rows * Width;
}

/// <summary>Moves elements without arithmetic. With accumulate the target is +=, which makes each call the gradient of its mirror image.</summary>
public interface IMovement
{
    /// <summary>target = source, or += it, row by row.</summary>
    void Copy(in CopyGeometry geometry, View source, View target, bool accumulate);

    /// <summary>(Batch, Rows, Columns) to (Batch, Columns, Rows).</summary>
    void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate);

    /// <summary>(Outer, Length, Inner), reversed along Length.</summary>
    void Flip(long outer, int length, long inner, View source, View target, bool accumulate);

    /// <summary>target[r] = table[index[r]], rows of Width elements.</summary>
    void Gather(int width, I32View index, View table, View target);

    /// <summary>dtable[index[r]] += dtarget[r], in the order of r.</summary>
    void GatherBackward(int width, I32View index, View dtarget, View dtable);
}

// no flops, only bytes.
internal sealed partial class CountedKernels : IMovement
{
    public void Copy(in CopyGeometry geometry, View source, View target, bool accumulate) => AddMove(geometry.Rows * geometry.Width, accumulate);

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate) => AddMove((long)batch * rows * columns, accumulate);

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate) => AddMove(outer * length * inner, accumulate);

    public void Gather(int width, I32View index, View table, View target) => AddMove(width * index.Length, accumulate: false);

    public void GatherBackward(int width, I32View index, View dtarget, View dtable)
    {
        if (!dtable.IsNone)
        {
            AddMove(width * index.Length, accumulate: true);
        }
    }

    // A move that accumulates is a gradient; it reads its target too.
    private void AddMove(long length, bool accumulate) =>
        ledger.Add("Movement", accumulate ? TallyPass.BackwardData : TallyPass.Forward, 0, (accumulate ? 3 : 2) * length * sizeof(float));
}
