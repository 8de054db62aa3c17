using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Tests.Kernels;

/// <summary>
/// Volumes larger than the caches, whose results are stored past them: full registers, and samples that do not begin with one. From within a
/// block on all values lie a hundred deviations away, so moments about the mean of what came before must not cancel.
/// </summary>
public sealed class LargeNormTests
{
    [Thorough]
    [Theory]
    [InlineData(1, 64 * 64 * 64, 32)]
    [InlineData(2, (96 * 64 * 64) + 1, 12)]
    public void EveryElementIsNormalised(int samples, int voxels, int channels)
    {
        using var backend = new CpuBackend(threads: 2);
        var geometry = new InstanceNormGeometry(samples, voxels, channels);
        using var memory = backend.Allocate((2 * geometry.Length * sizeof(float)) + (2 * (channels + geometry.Planes) * sizeof(float)));
        var values = new float[geometry.Length];
        for (var i = 0L; i < values.Length; i++)
        {
            values[i] = (i < values.Length / 13 * 5 ? 3 : 33) + (i * 7919 % 1009 / 1009f);
        }

        var (x, y) = (new View(memory, 0, geometry.Length), new View(memory, geometry.Length, geometry.Length));
        var next = 2 * geometry.Length;
        var (gamma, beta) = (new View(memory, next, channels), new View(memory, next + channels, channels));
        var mean = new View(memory, next + (2 * channels), geometry.Planes);
        var rstd = new View(memory, next + (2 * channels) + geometry.Planes, geometry.Planes);
        backend.Upload(values, x);
        backend.Elementwise.Fill(gamma, 2);
        backend.Elementwise.Fill(beta, 0.25f);
        backend.InstanceNorm.Forward(geometry, 1e-5f, Activation.LeakyRelu, x, gamma, beta, View.None, y, mean, rstd);
        var (results, means, rstds) = (Download(backend, y), Download(backend, mean), Download(backend, rstd));
        var sums = new (double First, double Second)[geometry.Planes];
        for (var i = 0L; i < values.Length; i++)
        {
            ref var sum = ref sums[Plane(geometry, i)];
            sum = (sum.First + values[i], sum.Second + ((double)values[i] * values[i]));
        }

        for (var plane = 0; plane < sums.Length; plane++)
        {
            var average = sums[plane].First / voxels;
            Assert.Equal(average, means[plane], 1e-6 * average);
            var inverse = 1 / Math.Sqrt((sums[plane].Second / voxels) - (average * average) + 1e-5);
            Assert.Equal(inverse, rstds[plane], 1e-5 * inverse);
        }

        var worst = 0.0;
        for (var i = 0L; i < values.Length; i++)
        {
            var plane = Plane(geometry, i);
            var z = ((values[i] - (double)means[plane]) * 2 * rstds[plane]) + 0.25;
            worst = Math.Max(worst, Math.Abs(results[i] - (z > 0 ? z : 0.01 * z)));
        }

        Assert.True(worst < 2e-6, $"the largest error is {worst}");
    }

    private static long Plane(in InstanceNormGeometry geometry, long element) =>
        (element / geometry.C / geometry.Voxels * geometry.C) + (element % geometry.C);

    private static float[] Download(CpuBackend backend, View view)
    {
        var values = new float[view.Length];
        backend.Download(view, values);
        return values;
    }
}
