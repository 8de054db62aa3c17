using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// Everything that multiplies on tensor cores, with operands of 8 significant bits, and convolutions and their norms on volumes that are stored so. All other
/// kernels are those of float32.
/// </summary>
[Thorough]
public sealed class CudaBFloat16Tests(CudaBFloat16Tests.Interpreted interpreted) : IClassFixture<CudaBFloat16Tests.Interpreted>
{
    private const int Bits = 8;

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from family in Catalog.Rounded(Bits)
        from op in family.Cases
        where op is RoundedCase or VolumeCase
        select new TheoryDataRow<string>(op.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsAsExactAsItsOperands(string name)
    {
        var result = CaseRunner.Run(interpreted.Backend, Catalog.Rounded(Bits).SelectMany(family => family.Cases).Single(op => op.Name == name));
        Assert.True(result.Passed, result.Message);
    }

    /// <summary>To the nearest, halves to even; infinities and NaN go through.</summary>
    [Theory]
    [InlineData(0x3F80_7FFF, 0x3F80_0000)]
    [InlineData(0x3F80_8000, 0x3F80_0000)]
    [InlineData(0x3F81_8000, 0x3F82_0000)]
    [InlineData(0xBF80_8001, 0xBF81_0000)]
    [InlineData(0x7F7F_FFFF, 0x7F80_0000)]
    [InlineData(0xFF80_0000, 0xFF80_0000)]
    [InlineData(0x7F80_0001, 0x7FFF_0000)]
    public void RoundsToTheNearest(uint x, uint expected)
    {
        var backend = interpreted.Backend;
        using var memory = backend.Allocate(3 * sizeof(float));
        View a = new(memory, 0, 1), b = new(memory, 1, 1), y = new(memory, 2, 1);
        backend.Upload([BitConverter.UInt32BitsToSingle(x)], a);
        backend.Upload([1f], b);
        backend.MatMul.Multiply(MatMulGeometry.Dense(1, 1, 1), a, b, View.None, Activation.None, y);
        Span<float> result = [0];
        backend.Download(y, result);
        Assert.Equal(BitConverter.UInt32BitsToSingle(expected), result[0]);
    }

    public sealed class Interpreted : IDisposable
    {
        internal CudaBackend Backend { get; } = new(new InterpretedDevice(), CudaPrecision.BFloat16);

        public void Dispose() => Backend.Dispose();
    }
}
