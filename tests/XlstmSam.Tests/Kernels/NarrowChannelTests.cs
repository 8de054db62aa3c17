using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>Few channels that all but agree: what float sums would lose there, the norms after them multiply by a thousand.</summary>
public sealed class NarrowChannelTests : IDisposable
{
    private readonly CpuBackend backend = new(threads: 2);

    /// <summary>Two channels 3e-4 apart at 0.4, whose float mean alone would be off by 1e-4 of their distance.</summary>
    [Fact]
    public void LayerNormOfTwoChannelsThatAllButAgree()
    {
        const int Rows = 64;
        var x = new float[2 * Rows];
        for (var row = 0; row < Rows; row++)
        {
            x[2 * row] = 0.4f + (float)(0.1 * Sampler.Unit(1, row));
            x[(2 * row) + 1] = x[2 * row] + 3e-4f;
        }

        using var arena = Arena.Free(backend);
        var tape = Tape.ForInference(backend, arena);
        var y = Values(LayerNorm.Apply(tape, tape.From(new(Rows, 2), x), tape.From(new(2), [1, 1]), epsilon: 1e-6f));
        for (var row = 0; row < Rows; row++)
        {
            var half = ((double)x[2 * row] - x[(2 * row) + 1]) / 2;
            Assert.Equal(half / Math.Sqrt((half * half) + 1e-6f), y[2 * row], 1e-7);
            Assert.Equal(y[2 * row], -y[(2 * row) + 1]);
        }
    }

    /// <summary>Sums of 216 products are right to the last bit or two.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    public void ConvolutionsToFewChannelsRoundOnce(int outputs)
    {
        const int Inputs = 8;
        var (x, weight) = (Sampler.Uniform(1, new(1, 3, 3, 3, Inputs)), Sampler.Uniform(2, new(3, 3, 3, Inputs, outputs)));
        using var arena = Arena.Free(backend);
        var tape = Tape.ForInference(backend, arena);
        var y = Values(Conv3d.Apply(tape, tape.From(x.Shape, x.Values), tape.From(weight.Shape, weight.Values), null, Extent3.Cube(1), default));
        for (var channel = 0; channel < outputs; channel++)
        {
            var sum = 0.0;
            for (var k = 0; k < x.Values.Length; k++)
            {
                sum += (double)x.Values[k] * weight.Values[(k * outputs) + channel];
            }

            Assert.Equal((float)sum, y[channel], Math.Abs(sum) * 2e-7);
        }
    }

    public void Dispose() => backend.Dispose();

    private float[] Values(Tensor tensor)
    {
        var values = new float[tensor.Shape.Length];
        backend.Download(tensor.Data, values);
        return values;
    }
}
