using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Tests.Cuda;

/// <summary>What the catalogue's products do not reach: every transposition with every way of writing y, and the moments of a convolution.</summary>
[Thorough]
public sealed class CudaProductTests(CudaTf32Tests.Interpreted tf32) : IClassFixture<CudaTf32Tests.Interpreted>
{
    private const double Tf32Unit = 1.0 / 1024;

    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 5, 7, 3 },
        { 2, 130, 68, 20 },
        { 5, 33, 66, 300 },
        { 3, 4, 8, 5000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryTranspositionAgreesWithTheDefinition(int batch, int m, int n, int k)
    {
        foreach (var (transposeA, transposeB, accumulates) in from a in Flags from b in Flags from c in Flags select (a, b, c))
        {
            Check(batch, m, n, k, transposeA, transposeB, accumulates);
        }
    }

    /// <summary>Enough rows for the largest tiles; neither rows nor columns fill the last one.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void LargeTilesAgreeWithTheDefinition(bool transposeA, bool transposeB) => Check(1, (127 * 128) + 3, 200, 20, transposeA, transposeB, false);

    /// <summary>From tiles that are still in shared memory, and from y where the sum was cut in slices; with parts that are not full.</summary>
    [Theory]
    [InlineData(2, 3, 5, 9, 1)]
    [InlineData(2, 6, 40, 7, 1)]
    [InlineData(3, 16, 34, 5, 3)]
    public void ConvolutionsHandOverTheMomentsOfTheirOutput(int n, int cin, int cout, int side, int kernel)
    {
        var g = new Conv3dGeometry(n, Extent3.Cube(side), cin, cout, Extent3.Cube(kernel), Extent3.Cube(1), Extent3.Cube(kernel / 2));
        var voxels = (int)g.Out.Count;
        using var device = new Memory(tf32.Backend);
        var (y, mean, rstd) = (new float[n * voxels * cout], new float[n * cout], new float[n * cout]);
        var (viewY, viewMean, viewRstd) = (device.Upload(y), device.Upload(mean), device.Upload(rstd));
        var (x, weight, bias) = (device.Upload(Values(1, n * (int)g.In.Count * cin)), device.Upload(Values(2, (int)g.WeightLength)), device.Upload(Values(3, cout)));
        tf32.Backend.Conv3d.ForwardWithMoments(g, x, weight, bias, viewY, 1e-5f, viewMean, viewRstd);
        tf32.Backend.Download(viewY, y);
        tf32.Backend.Download(viewMean, mean);
        tf32.Backend.Download(viewRstd, rstd);
        for (var plane = 0; plane < n * cout; plane++)
        {
            var values = Enumerable.Range(0, voxels).Select(v => (double)y[(plane / cout * voxels * cout) + (v * cout) + (plane % cout)]).ToArray();
            var average = values.Average();
            var deviation = 1 / Math.Sqrt(values.Average(v => (v - average) * (v - average)) + 1e-5);
            Assert.Equal(average, mean[plane], 2e-6 * (1 + Math.Abs(average)));
            Assert.Equal(deviation, rstd[plane], 2e-6 * deviation);
        }
    }

    private void Check(int batch, int m, int n, int k, bool transposeA, bool transposeB, bool accumulates)
    {
        // Rows are longer than what is used of them; what lies between stays.
        var (rowsA, widthA, rowsB, widthB) = (transposeA ? k : m, transposeA ? m : k, transposeB ? n : k, transposeB ? k : n);
        var (ldA, ldB, ldY) = (widthA + 4, widthB + 4, n + 4);
        var g = new MatMulGeometry(batch, m, n, k, transposeA, transposeB, ldA, ldB, ldY, rowsA * ldA, rowsB * ldB, m * ldY);
        var (a0, b0, y0, bias) = (Values(1, batch * rowsA * ldA), Values(2, batch * rowsB * ldB), Values(3, batch * m * ldY), Values(4, n));
        var y = y0.ToArray();
        using var device = new Memory(tf32.Backend);
        var (viewA, viewB, viewY, viewBias) = (device.Upload(a0), device.Upload(b0), device.Upload(y), device.Upload(bias));
        if (accumulates)
        {
            tf32.Backend.MatMul.Accumulate(g, viewA, viewB, viewY);
        }
        else
        {
            tf32.Backend.MatMul.Multiply(g, viewA, viewB, viewBias, Activation.LeakyRelu, viewY);
        }

        tf32.Backend.Download(viewY, y);
        for (var i = 0; i < y.Length; i++)
        {
            var (matrix, row, column) = (i / (m * ldY), i / ldY % m, i % ldY);
            var (expected, size) = ((double)y0[i], 1.0);
            if (column < n)
            {
                var (sum, magnitude) = (0.0, 0.0);
                for (var p = 0; p < k; p++)
                {
                    var left = a0[(matrix * rowsA * ldA) + (transposeA ? (p * ldA) + row : (row * ldA) + p)];
                    var product = (double)left * b0[(matrix * rowsB * ldB) + (transposeB ? (column * ldB) + p : (p * ldB) + column)];
                    (sum, magnitude) = (sum + product, magnitude + Math.Abs(product));
                }

                var activated = sum + bias[column];
                expected = accumulates ? y0[i] + sum : activated > 0 ? activated : 0.01 * activated;
                size = 1 + magnitude;
            }

            Assert.True(
                Math.Abs(y[i] - expected) <= (column < n ? 1.5 * Tf32Unit * size : 0),
                $"transposed {transposeA} {transposeB}, += {accumulates}: y[{matrix}, {row}, {column}] is {y[i]}; expected {expected}.");
        }
    }

    private static bool[] Flags => [false, true];

    private static float[] Values(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private sealed class Memory(CudaBackend backend) : IDisposable
    {
        private readonly List<DeviceBuffer> buffers = [];

        public View Upload(float[] values)
        {
            var buffer = backend.Allocate(values.Length * sizeof(float));
            buffers.Add(buffer);
            var view = new View(buffer, 0, values.Length);
            backend.Upload(values, view);
            return view;
        }

        public void Dispose() => buffers.ForEach(buffer => buffer.Dispose());
    }
}
