using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>Smooth random fields of mean 0 and deviation 1: normals on a coarse lattice, read through cubic B-splines.</summary>
internal static class SmoothField
{
    // A cubic B-spline keeps 151/315 of the variance of white nodes per axis, averaged over the phase.
    private static readonly float Gain = MathF.Pow(315f / 151f, 1.5f);

    /// <summary>A field whose lattice nodes are <paramref name="nodeSpacing"/> millimetres apart, on the voxels of a grid.</summary>
    public static float[] Create(VolumeGeometry geometry, double nodeSpacing, ref RandomStream stream)
    {
        var size = geometry.Size;
        var spacing = geometry.Spacing;
        var x = new SplineAxis(size.X, spacing.X / nodeSpacing);
        var y = new SplineAxis(size.Y, spacing.Y / nodeSpacing);
        var z = new SplineAxis(size.Z, spacing.Z / nodeSpacing);
        var nodes = new float[x.Nodes * y.Nodes * z.Nodes];
        stream.FillNormal(nodes);
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] *= Gain;
        }

        var alongX = x.Expand(nodes, y.Nodes * z.Nodes, 1);
        var alongY = y.Expand(alongX, z.Nodes, size.X);
        return z.Expand(alongY, 1, size.X * size.Y);
    }

    /// <summary>Where each voxel of one axis lies between the nodes, and the four spline weights it reads them with.</summary>
    private sealed class SplineAxis
    {
        private readonly int voxels;
        private readonly int[] firstNode;
        private readonly float[] weights;

        public SplineAxis(int voxels, double step)
        {
            this.voxels = voxels;
            firstNode = new int[voxels];
            weights = new float[4 * voxels];
            for (var i = 0; i < voxels; i++)
            {
                var at = i * step;
                firstNode[i] = (int)at;
                var t = (float)(at - firstNode[i]);
                var s = 1 - t;
                weights[4 * i] = s * s * s / 6;
                weights[(4 * i) + 1] = (2f / 3) - (t * t * (1 - (t / 2)));
                weights[(4 * i) + 2] = (2f / 3) - (s * s * (1 - (s / 2)));
                weights[(4 * i) + 3] = t * t * t / 6;
            }

            Nodes = firstNode[voxels - 1] + 4;
        }

        public int Nodes { get; }

        /// <summary>(outer, Nodes, inner) to (outer, voxels, inner).</summary>
        public float[] Expand(float[] nodes, int outer, int inner)
        {
            var values = new float[outer * voxels * inner];
            for (var o = 0; o < outer; o++)
            {
                for (var i = 0; i < voxels; i++)
                {
                    var target = values.AsSpan(((o * voxels) + i) * inner, inner);
                    for (var tap = 0; tap < 4; tap++)
                    {
                        var weight = weights[(4 * i) + tap];
                        var source = nodes.AsSpan(((o * Nodes) + firstNode[i] + tap) * inner, inner);
                        for (var k = 0; k < target.Length; k++)
                        {
                            target[k] += weight * source[k];
                        }
                    }
                }
            }

            return values;
        }
    }
}
