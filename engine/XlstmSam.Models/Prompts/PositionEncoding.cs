using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// Random Fourier features of a position c in [0, 1]³: θ = 2π (2c - 1) G, encoded as [sin θ, cos θ, sin θ]. The sine stands twice in
/// upstream's encoding and in every released weight. Source: SAM-Med3D, PositionEmbeddingRandom3D.
/// </summary>
public sealed class PositionEncoding(float[] gaussian)
{
    private readonly int features = gaussian.Length / 3;
    private (Extent3 Grid, bool SwapAxes, float[] Encodings) known = (default, false, []);

    public int Width => 3 * features;

    /// <summary>Encodes one position, its components in the order of the rows of G.</summary>
    public void Encode(double c0, double c1, double c2, Span<float> encoding)
    {
        for (var f = 0; f < features; f++)
        {
            var projection = (((2 * c0) - 1) * gaussian[f]) + (((2 * c1) - 1) * gaussian[features + f]) + (((2 * c2) - 1) * gaussian[(2 * features) + f]);
            var (sin, cos) = Math.SinCos(2 * Math.PI * projection);
            encoding[f] = encoding[(2 * features) + f] = (float)sin;
            encoding[features + f] = (float)cos;
        }
    }

    /// <summary>The encodings of all cells of a grid, (D H W, Width), computed once. Upstream swaps the first two coordinates against the points'.</summary>
    public ReadOnlySpan<float> Grid(Extent3 grid, bool swapAxes)
    {
        if (known.Grid != grid || known.SwapAxes != swapAxes)
        {
            known = (grid, swapAxes, Encode(grid, swapAxes));
        }

        return known.Encodings;
    }

    private float[] Encode(Extent3 grid, bool swapAxes)
    {
        var encodings = new float[grid.Count * Width];
        var cell = 0;
        for (var d = 0; d < grid.D; d++)
        {
            for (var h = 0; h < grid.H; h++)
            {
                for (var w = 0; w < grid.W; w++, cell++)
                {
                    var (c0, c1, c2) = ((d + 0.5) / grid.D, (h + 0.5) / grid.H, (w + 0.5) / grid.W);
                    Encode(swapAxes ? c1 : c0, swapAxes ? c0 : c1, c2, encodings.AsSpan(cell * Width, Width));
                }
            }
        }

        return encodings;
    }
}
