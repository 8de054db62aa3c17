namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Where the operands of one register tile lie: A[r, (g, k)] = A[Groups[g] + r RowStride + k StepA] and
/// B[(g, k), j] = B[(g Length + k) StepB + j]. Both layouts of a matrix, rows of a volume and pixels of a gradient fit this form.
/// </summary>
internal unsafe struct TileOperands
{
    public float* A;
    public nint RowStride;
    public nint StepA;
    public nint* Groups;
    public int GroupCount;
    public nint Length;
    public float* B;
    public nint StepB;

    /// <summary>From a panel of 16 columns of B to the next, where a tile spans two.</summary>
    public nint NextPanel;

    /// <summary>A was copied by <see cref="Panels.PackTiles"/>, which says where its rows are: neither RowStride nor StepA does.</summary>
    public bool IsPacked;
}
