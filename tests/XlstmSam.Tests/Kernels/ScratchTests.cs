using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>Plans count the scratch memory of kernels by what the backend says of a geometry, so that must be enough.</summary>
public sealed class ScratchTests
{
    /// <summary>Side, input and output channels, kernel, stride.</summary>
    public static TheoryData<int, int, int, int, int> Convolutions => new()
    {
        { 48, 32, 32, 3, 1 },
        { 12, 128, 128, 3, 1 },
        { 24, 16, 64, 3, 2 },
        { 16, 1, 32, 3, 1 },
        { 6, 256, 256, 3, 1 },
        { 12, 48, 96, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void AConvolutionTakesNoMoreThanItSays(int side, int inputs, int outputs, int kernel, int stride)
    {
        var geometry = new Conv3dGeometry(1, Extent3.Cube(side), inputs, outputs, Extent3.Cube(kernel), Extent3.Cube(stride), Extent3.Cube(kernel / 2));
        Check(backend => backend.Conv3d.ScratchBytes(geometry), (tape, of) => Conv3d.Apply(tape, of(new(1, side, side, side, inputs)), of(new(kernel, kernel, kernel, inputs, outputs)), of(new(outputs)), geometry.Stride, geometry.Padding));
    }

    [Theory]
    [InlineData(ScanDirection.Forward, 2048, 4, 64)]
    [InlineData(ScanDirection.Both, 1000, 2, 160)]
    public void AScanTakesNoMoreThanItSays(ScanDirection direction, int length, int heads, int headSize)
    {
        var geometry = new MlstmScanGeometry(1, length, heads, headSize, 64, direction);
        var (tokens, gates) = (new Shape(1, length, heads * headSize), new Shape(1, length, heads));
        Check(backend => backend.MlstmScan.ScratchBytes(geometry), (tape, of) => MlstmScan.Apply(tape, of(tokens), of(tokens), of(tokens), of(gates), of(gates), direction));
    }

    [Fact]
    public void BuffersAreKeptAndReplacedNotAdded()
    {
        using var backend = new CpuBackend(threads: 1);
        long[] held = [.. new[] { 8, 10, 12, 12, 8, 10 }.Select(side =>
        {
            Run(backend, (tape, of) => Conv3d.Apply(tape, of(new(1, side, side, side, 64)), of(new(3, 3, 3, 64, 32 * side)), null, Extent3.Cube(1), Extent3.Cube(1)));
            return backend.ScratchHeldBytes;
        })];
        Assert.True(held[0] < held[1] && held[1] < held[2], string.Join(", ", held));
        Assert.All(held[3..], bytes => Assert.Equal(held[2], bytes));
        var largest = new Conv3dGeometry(1, Extent3.Cube(12), 64, 32 * 12, Extent3.Cube(3), Extent3.Cube(1), Extent3.Cube(1));
        Assert.InRange(held[2], 1, backend.HeldScratchBytes(backend.Conv3d.ScratchBytes(largest)));
    }

    private static void Check(Func<CpuBackend, long> familyBytes, Func<Tape, Func<Shape, Tensor>, Tensor> op)
    {
        using var backend = new CpuBackend(threads: 2);
        Run(backend, op);
        Assert.InRange(backend.ScratchHeldBytes, 1, backend.HeldScratchBytes(familyBytes(backend)));
    }

    private static void Run(CpuBackend backend, Func<Tape, Func<Shape, Tensor>, Tensor> op)
    {
        using var arena = Arena.Free(backend);
        var tape = Tape.ForTraining(backend, arena);
        var y = op(tape, shape => tape.From(shape, Sampler.Normal(1, shape).Values, requiresGrad: true));
        tape.Seed(y, CasePass.Cotangent((int)y.Shape.Length));
        tape.Backward();
    }
}
