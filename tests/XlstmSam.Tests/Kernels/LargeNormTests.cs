using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Tests.Kernels;

/// <summary>Volumes larger than the caches, whose results are stored past them: full registers, and samples that do not begin with one.</summary>
public sealed class LargeNormTests
{
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
            values[i] = 3 + (i * 7919 % 1009 / 1009f);
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
        var worst = 0.0;
        for (var i = 0L; i < values.Length; i++)
        {
            var plane = (i / channels / voxels * channels) + (i % channels);
            var z = ((values[i] - (double)means[plane]) * 2 * rstds[plane]) + 0.25;
            worst = Math.Max(worst, Math.Abs(results[i] - (z > 0 ? z : 0.01 * z)));
        }

        Assert.True(worst < 2e-6, $"the largest error is {worst}");
    }

    private static float[] Download(CpuBackend backend, View view)
    {
        var values = new float[view.Length];
        backend.Download(view, values);
        return values;
    }
}
