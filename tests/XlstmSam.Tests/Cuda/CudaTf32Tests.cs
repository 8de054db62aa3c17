using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// Everything that multiplies on tensor cores, on inputs that tf32 holds exactly: the forward pass of a product must then be as exact as in float32, and
/// that of attention and the mLSTM scan, where product follows product, as exact as operands of 11 bits allow.
/// </summary>
[Thorough]
public sealed class CudaTf32Tests(CudaTf32Tests.Interpreted interpreted) : IClassFixture<CudaTf32Tests.Interpreted>
{
    private const int Bits = 11;

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from family in Catalog.Rounded(Bits)
        from op in family.Cases
        where op is RoundedCase
        select new TheoryDataRow<string>(op.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void RoundsOperandsAndNothingElse(string name)
    {
        var result = CaseRunner.Run(interpreted.Backend, Catalog.Rounded(Bits).SelectMany(family => family.Cases).Single(op => op.Name == name));
        Assert.True(result.Passed, result.Message);
    }

    [Fact]
    public void RoundsRatherThanCutsOff()
    {
        // 3/4 of a unit of the last of 11 bits: rounded, it is a unit; cut off, it would be lost.
        var backend = interpreted.Backend;
        using var a = backend.Allocate(sizeof(float));
        using var b = backend.Allocate(sizeof(float));
        using var y = backend.Allocate(sizeof(float));
        View viewA = new(a, 0, 1), viewB = new(b, 0, 1), viewY = new(y, 0, 1);
        backend.Upload([1 + MathF.ScaleB(0.75f, -10)], viewA);
        backend.Upload([1f], viewB);
        backend.MatMul.Multiply(MatMulGeometry.Dense(1, 1, 1), viewA, viewB, View.None, Activation.None, viewY);
        Span<float> result = [0];
        backend.Download(viewY, result);
        Assert.Equal(1 + MathF.ScaleB(1, -10), result[0]);
    }

    public sealed class Interpreted : IDisposable
    {
        internal CudaBackend Backend { get; } = new(new InterpretedDevice(), CudaPrecision.Tf32);

        public void Dispose() => Backend.Dispose();
    }
}
