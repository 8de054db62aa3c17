using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Fourier features of points, and the rows of their embeddings in a table of labels; see <see cref="IPointEncoding"/>. Without gradients.</summary>
public static class PointEncoding
{
    /// <param name="prompts">(N, Entries, 4): the voxel along D, H and W, and the label.</param>
    /// <param name="window">The entries that become tokens.</param>
    /// <param name="grid">The extents that voxels are relative to.</param>
    /// <param name="gaussian">(3, F).</param>
    /// <param name="firstLabel">The label of row 0.</param>
    /// <returns>Encodings (N, Tokens, 3 F), and a row per token.</returns>
    public static (Tensor Encodings, Block Rows) Apply(Tape tape, Tensor prompts, PointWindow window, Extent3 grid, Tensor gaussian, int firstLabel)
    {
        Require.Rank("PointEncoding", "prompts", prompts.Shape, 3);
        Require.Rank("PointEncoding", "gaussian", gaussian.Shape, 2);
        Require.That(gaussian.Shape[0] == 3, $"PointEncoding: gaussian is {gaussian.Shape}; expected (3, F).");
        var (items, entries) = (prompts.Shape[0], prompts.Shape[1]);
        Require.That(
            prompts.Shape[2] == 4 && window.First + window.Count <= entries && window.TailFirst + window.Tail <= entries,
            $"PointEncoding: prompts are {prompts.Shape}; expected 4 numbers for each entry of {window}.");
        var geometry = new PointEncodingGeometry(items, entries, window, grid, gaussian.Shape[1]);
        var encodings = tape.Empty(new(items, window.Tokens, 3 * geometry.Features), requiresGrad: false);
        var rows = tape.Arena.Rent(geometry.Tokens * sizeof(int));
        tape.Backend.PointEncoding.Forward(geometry, firstLabel, prompts, gaussian, encodings, rows.Rows32);
        return (encodings, rows);
    }
}
