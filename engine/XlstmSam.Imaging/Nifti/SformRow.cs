namespace XlstmSam.Imaging;

/// <summary>One row of the sform: world = I i + J j + K k + Offset, in file units.</summary>
public readonly record struct SformRow(double I, double J, double K, double Offset)
{
    /// <summary>"I i + J j + K k + Offset".</summary>
    public override string ToString() => $"{I} i + {J} j + {K} k + {Offset}";

    internal static SformRow Of(Affine3 a, int row) => new(a.ColumnX[row], a.ColumnY[row], a.ColumnZ[row], a.Origin[row]);
}
