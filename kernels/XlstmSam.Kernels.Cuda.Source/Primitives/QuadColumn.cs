using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// What one thread does of a matrix that a <see cref="QuadPlan"/> shares out: four neighbouring columns (a quad) from First on, in the rows Row,
/// Row + Step, ... below EndRow. A thread beyond the last quad has no rows.
/// </summary>
internal readonly struct QuadColumn
{
    private readonly QuadPlan plan;

    public QuadColumn(QuadPlan plan)
    {
        this.plan = plan;
        var row = Group.IdxX / plan.Lanes;
        First = (4 * ((Grid.IdxX * plan.Lanes) + (Group.IdxX - (row * plan.Lanes))));
        var left = plan.Columns - First;
        Valid = row < plan.Step ? (left < 4 ? left : 4) : 0;
        Step = plan.Step;
        var end = (Grid.IdxY + 1) * plan.Share;
        EndRow = Valid <= 0 ? 0 : end < plan.Rows ? end : plan.Rows;
        Row = Valid <= 0 ? 0 : (Grid.IdxY * plan.Share) + row;
    }

    /// <summary>The first of the four columns.</summary>
    public int First { get; }

    /// <summary>How many of the four are columns of the matrix; not positive if none is.</summary>
    public int Valid { get; }

    /// <summary>The first row of this thread.</summary>
    public long Row { get; }

    public long EndRow { get; }

    public int Step { get; }

    /// <summary>Whether this thread speaks for its columns, with what <see cref="Fold"/> gave.</summary>
    public bool IsFirst => Valid > 0 && Group.IdxX < plan.Lanes;

    /// <summary>Of this thread's columns in the first row of the sample.</summary>
    public long Start => (Grid.IdxZ * plan.Rows * plan.Columns) + First;

    /// <summary>Of this thread's columns in a row per sample.</summary>
    public long Plane => ((long)Grid.IdxZ * plan.Columns) + First;

    /// <summary>Of this thread's columns in the partial sums: (Samples, Shares, 2, Columns).</summary>
    public long Partial => (2 * ((((long)Grid.IdxZ * Grid.DimY) + Grid.IdxY) * plan.Columns)) + First;

    /// <summary>The sum over the threads of a block that share their columns, in a fixed order. All threads of the block call it.</summary>
    /// <param name="sums">One element per thread.</param>
    public Float4 Fold(ArrayView<Float4> sums, Float4 value)
    {
        sums[Group.IdxX] = value;
        Group.Barrier();
        for (var rows = Step; rows > 1;)
        {
            var half = (rows + 1) >> 1;
            if (Group.IdxX < (rows - half) * plan.Lanes)
            {
                sums[Group.IdxX] += sums[Group.IdxX + (half * plan.Lanes)];
            }

            Group.Barrier();
            rows = half;
        }

        var total = sums[Group.IdxX % plan.Lanes];
        Group.Barrier();
        return total;
    }
}
