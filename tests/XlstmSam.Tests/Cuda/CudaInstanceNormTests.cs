using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>Gradients in the memory of what they replace, as a training step asks for them, and more channels than one block covers.</summary>
[Thorough]
public sealed class CudaInstanceNormTests
{
    [Theory]
    [InlineData(700, 32)]
    [InlineData(60, 1028)]
    [InlineData(41, 6)]
    public void GradientsTakeThePlaceOfTheirOperands(int voxels, int channels)
    {
        var geometry = new InstanceNormGeometry(2, voxels, channels);
        using var cuda = new CudaBackend(new InterpretedDevice());
        using var cpu = new CpuBackend(threads: 2);
        var (dx, dresidual) = Gradients(cuda, geometry, inPlace: true);
        var (added, addedResidual) = Gradients(cuda, geometry, inPlace: false);
        Assert.Equal(added, dx);
        Assert.Equal(addedResidual, dresidual);

        var (expected, expectedResidual) = Gradients(cpu, geometry, inPlace: true);
        Assert.Equal(expectedResidual, dresidual);
        Assert.All(expected.Zip(dx), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static (float[] Dx, float[] Dresidual) Gradients(IBackend backend, InstanceNormGeometry geometry, bool inPlace)
    {
        using var buffer = backend.Allocate(sizeof(float) * ((6 * geometry.Length) + (2 * geometry.Planes) + (4 * geometry.C)));
        var next = 0L;
        View Take(long length, float[]? values = null)
        {
            var view = new View(buffer, next, length);
            next += length;
            backend.Upload(values ?? new float[length], view);
            return view;
        }

        View Normal(int seed, long length) => Take(length, Sampler.Normal(seed, new Shape((int)length)).Values);
        var (x, dy, residual, y) = (Normal(1, geometry.Length), Normal(2, geometry.Length), Normal(3, geometry.Length), Take(geometry.Length));
        var (dx, dresidual) = (Take(geometry.Length), Take(geometry.Length));
        var (gamma, beta, dgamma, dbeta) = (Normal(4, geometry.C), Normal(5, geometry.C), Take(geometry.C), Take(geometry.C));
        var (mean, rstd) = (Take(geometry.Planes), Take(geometry.Planes));
        (dx, dresidual) = inPlace ? (x, dy) : (dx, dresidual);
        backend.InstanceNorm.Forward(geometry, 1e-5f, Activation.LeakyRelu, x, gamma, beta, residual, y, mean, rstd);
        backend.InstanceNorm.Backward(geometry, Activation.LeakyRelu, dy, x, y, gamma, mean, rstd, dx, dgamma, dbeta, dresidual);
        var (first, second) = (new float[geometry.Length], new float[geometry.Length]);
        backend.Download(dx, first);
        backend.Download(dresidual, second);
        return (first, second);
    }
}
