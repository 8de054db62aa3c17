namespace XlstmSam.Kernels;

/// <summary>Rows of Width elements, SourceStride and TargetStride apart: what slicing and concatenation are made of.</summary>
public readonly record struct CopyGeometry(long Rows, long Width, long SourceStride, long TargetStride) : IGeometry
{
    public long Flops => 0;

    public long Bytes => 2 * sizeof(float) * Rows * Width;
}

/// <summary>Moves elements without arithmetic. With accumulate the target is +=, which makes each call the gradient of its mirror image.</summary>
public interface IMovement
{
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
