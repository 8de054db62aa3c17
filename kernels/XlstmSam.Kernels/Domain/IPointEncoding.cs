namespace XlstmSam.Kernels;

/// <summary>Which entries of a row become tokens: Count from First on, then Tail from TailFirst on.</summary>
public readonly record struct PointWindow(int First, int Count, int TailFirst = 0, int Tail = 0)
{
    /// <summary>Tokens of one item.</summary>
    public int Tokens => Count + Tail;

    /// <summary>The entry that token number <paramref name="token"/> shows.</summary>
    public int Entry(int token) => token < Count ? First + token : TailFirst + token - Count;
}

/// <summary>Items rows of Stride entries, on a grid whose extents positions are relative to.</summary>
/// <param name="Items">Rows of prompts.</param>
/// <param name="Stride">Entries from one row to the next.</param>
/// <param name="Window">Which entries become tokens.</param>
/// <param name="Grid">The extents that positions are relative to.</param>
/// <param name="Features">A token has 3 Features values.</param>
public readonly record struct PointEncodingGeometry(int Items, int Stride, PointWindow Window, Extent3 Grid, int Features) : IGeometry
{
    /// <summary>Tokens of all items.</summary>
    public long Tokens => (long)Items * Window.Tokens;

    /// <inheritdoc/>
    public long Flops => 40 * Tokens * Features;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * ((Tokens * (4 + (3 * Features))) + (3L * Features));
}

/// <summary>
/// Random Fourier features of voxels: with c = (voxel + 1/2) / grid along each axis, θ = 2π (2c - 1) G, encoded as [sin θ, cos θ, sin θ].
/// Entries with a negative label are padding; their encoding is 0.
/// </summary>
public interface IPointEncoding : IKernelFamily<PointEncodingGeometry>
{
    /// <summary>Encodes the window of every row.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="firstLabel">The label of row 0 of the table of embeddings that rows points into.</param>
    /// <param name="prompts">(Items, Stride, 4): voxel along D, H and W, and the label.</param>
    /// <param name="gaussian">G, (3, Features).</param>
    /// <param name="encodings">(Items, Tokens, 3 Features), written.</param>
    /// <param name="rows">(Items, Tokens), written: label - firstLabel.</param>
    void Forward(in PointEncodingGeometry geometry, int firstLabel, View prompts, View gaussian, View encodings, I32View rows);
}

internal sealed partial class CountedKernels : IPointEncoding
{
    public long ScratchBytes(in PointEncodingGeometry geometry) => real.PointEncoding.ScratchBytes(geometry);

    public void Forward(in PointEncodingGeometry geometry, int firstLabel, View prompts, View gaussian, View encodings, I32View rows) =>
        Add("PointEncoding", TallyPass.Forward, real.PointEncoding, geometry);
}
