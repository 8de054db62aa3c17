using System.Numerics;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>The definition of a convolution, as the references of several cases need it.</summary>
internal static class NaiveConv3d
{
    /// <summary>
    /// How much more of float rounding may show where a backend computes this geometry by F(4, 3), which sums values up to 9 times as large as its
    /// results along each of two axes.
    /// </summary>
    public static double RoundingFactor(in Conv3dGeometry g) =>
        g.Kernel == Extent3.Cube(3) && g.Stride == Extent3.Cube(1) && g.Cin % 8 == 0 && g.Cout % 8 == 0 ? 9 : 1;

    /// <param name="bias">One value per output channel, or null.</param>
    public static T[] Forward<T>(in Conv3dGeometry g, T[] x, T[] weight, T[]? bias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var output = g.Out;
        var y = new T[g.N * output.Count * g.Cout];
        for (var i = 0; i < y.Length; i++)
        {
            var (c, w, h, d) = (i % g.Cout, i / g.Cout % output.W, i / g.Cout / output.W % output.H, i / g.Cout / output.W / output.H % output.D);
            var n = i / g.Cout / output.W / output.H / output.D;
            y[i] = Sum(g, x, weight, n, (d * g.Stride.D) - g.Padding.D, (h * g.Stride.H) - g.Padding.H, (w * g.Stride.W) - g.Padding.W, c);
            y[i] = bias is null ? y[i] : y[i] + bias[c];
        }

        return y;
    }

    private static T Sum<T>(in Conv3dGeometry g, T[] x, T[] weight, int n, int d0, int h0, int w0, int channel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var tap = 0; tap < g.Kernel.Count; tap++)
        {
            var (d, h, w) = (d0 + (tap / g.Kernel.W / g.Kernel.H), h0 + (tap / g.Kernel.W % g.Kernel.H), w0 + (tap % g.Kernel.W));
            if (d < 0 || d >= g.In.D || h < 0 || h >= g.In.H || w < 0 || w >= g.In.W)
            {
                continue;
            }

            var voxel = ((((((n * g.In.D) + d) * g.In.H) + h) * g.In.W) + w) * g.Cin;
            for (var c = 0; c < g.Cin; c++)
            {
                sum += x[voxel + c] * weight[(((tap * g.Cin) + c) * g.Cout) + channel];
            }
        }

        return sum;
    }
}
