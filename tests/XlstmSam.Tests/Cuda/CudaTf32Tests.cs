using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// Products and convolutions on tensor cores, on inputs that tf32 holds exactly: forward must then be as exact as in float32. Gradients multiply by
/// dy, which is rounded to 11 bits.
/// </summary>
public sealed class CudaTf32Tests(CudaTf32Tests.Interpreted interpreted) : IClassFixture<CudaTf32Tests.Interpreted>
{
    private static readonly string[] Families = ["MatMul", "Conv3d", "ConvTranspose3d"];

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from family in Catalog.Families
        where Families.Contains(family.Stem)
        from op in family.Cases
        select new TheoryDataRow<string>(op.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void RoundsOperandsAndNothingElse(string name)
    {
        var result = CaseRunner.Run(interpreted.Backend, new RepresentableCase(Catalog.All.Single(op => op.Name == name)));
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

    private sealed class RepresentableCase(OpCase op) : OpCase
    {
        public override string Name => op.Name;

        public override double ErrorFactor => op.ErrorFactor;

        // dy may be off by 5/8 of a unit of the last of 11 bits; so may sums of its products.
        public override double GradientTolerance => op.GradientTolerance + Math.ScaleB(0.625, -10);

        public override IReadOnlyList<Sample> Inputs { get; } = [.. op.Inputs.Select(sample => sample with { Values = [.. sample.Values.Select(Rounded)] })];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => op.Apply(tape, inputs);

        public override T[] Reference<T>(T[][] inputs) => op.Reference(inputs);

        private static float Rounded(float x) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & 0xffffe000);
    }
}
