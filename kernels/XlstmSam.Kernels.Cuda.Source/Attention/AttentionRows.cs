using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Where the queries or keys of a block's batch item and head are: Grid.IdxY counts both.</summary>
internal static class AttentionRows
{
    public static WeightedRows Of(AttentionShape shape, ArrayView<float> data, int count, float factor)
    {
        var (item, head) = (Grid.IdxY / shape.Heads, Grid.IdxY % shape.Heads);
        var step = (long)shape.Heads * shape.HeadSize;
        var rows = default(WeightedRows);
        rows.Data = data;
        rows.Start = ((long)item * count * step) + ((long)head * shape.HeadSize);
        rows.Step = step;
        (rows.Count, rows.Width, rows.Factor) = (count, shape.HeadSize, factor);
        return rows;
    }
}
