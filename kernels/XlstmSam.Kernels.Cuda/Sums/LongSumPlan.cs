using System.Numerics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// How few long lines of (Outer, Length, Inner) are cut into shares; see the kernels of <c>LongSumKernels</c>. It follows from the shape alone.
/// </summary>
internal readonly record struct LongSumPlan
{
    private const int BlockSize = 256;
    private const int MostBlocks = 1024;

    // A thread with fewer elements than this is not worth a second step.
    private const int ElementsOfThread = 8;

    public LongSumPlan(long outer, long length, long inner)
    {
        (Outer, Length, Inner) = (outer, length, inner);
        Lanes = (int)Math.Min(BlockSize, BitOperations.RoundUpToPowerOf2((ulong)Math.Max(inner, 1)));
        Groups = checked((int)Math.Max(1, (inner + Lanes - 1) / Lanes));
        var step = BlockSize / Lanes;
        var most = Math.Clamp(length / (ElementsOfThread * step), 1, Math.Max(1, MostBlocks / Math.Max(1, outer * Groups)));
        Share = Math.Max(1, (length + most - 1) / most);
        Shares = (int)Math.Max(1, (length + Share - 1) / Share);
    }

    public static LongSumPlan Of(in ReductionGeometry geometry) => new(geometry.Outer, geometry.Length, geometry.Inner);

    public long Outer { get; }

    public long Length { get; }

    public long Inner { get; }

    /// <summary>Elements of each line that a block takes.</summary>
    public long Share { get; }

    /// <summary>1 where there are enough lines to fill a card without.</summary>
    public int Shares { get; }

    /// <summary>Lines of a block.</summary>
    public int Lanes { get; }

    /// <summary>Blocks beside each other for one outer index.</summary>
    public int Groups { get; }

    public Dim3 Grid => new(checked((int)(Outer * Groups)), Shares);

    /// <summary>Floats of the partial sums, which are doubles.</summary>
    public long PartialLength => 2 * Shares * Outer * Inner;
}
