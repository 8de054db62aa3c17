extern alias compiler;

using System.Reflection;
using compiler::XlstmSam.KernelCompiler;
using ILGPU;
using XlstmSam.Kernels.Cuda.Source;

namespace XlstmSam.Tests.Cuda;

/// <summary>The build step: names, hashes, and what it changes in ILGPU's text.</summary>
[Thorough]
public sealed class KernelCompilerTests
{
    [Fact]
    public void EveryKernelHasItsOwnNameAndHash()
    {
        var kernels = KernelCatalog.All();
        Assert.Equal(kernels.Count, kernels.Select(kernel => kernel.Name).Distinct().Count());
        Assert.Equal(kernels.Count, kernels.Select(SourceHash.Of).Distinct().Count());
        Assert.Contains(kernels, kernel => kernel.Name == "ElementwiseKernels.UnaryBackward<Gelu>");
    }

    [Fact]
    public void TheHashSeesWhatIsCalled()
    {
        const string Logarithm = "XlstmSam.Kernels.Cuda.Source.GpuLane: Single Log(Single)";
        Assert.Contains(Reached("ElementwiseKernels.Unary<Softplus>"), part => part.StartsWith(Logarithm, StringComparison.Ordinal));
        Assert.Contains(Reached("BinaryKernels.Binary<MultiplySilu>"), part => part.StartsWith("XlstmSam.Kernels.Silu: T Forward[T](T)", StringComparison.Ordinal));
        Assert.DoesNotContain(Reached("ElementwiseKernels.Fill"), part => part.StartsWith(Logarithm, StringComparison.Ordinal));
    }

    [Fact]
    public void AnOddMethodIsRefusedWithAReason()
    {
        var exception = Assert.Throws<NotSupportedException>(() => PtxCompiler.Compile(Kernel(nameof(Bodies.Fused), "Bodies.Fused"), "hash"));
        Assert.Equal("it calls FusedMultiplyAdd, for which ILGPU has no PTX.", exception.Message);
    }

    [Fact]
    public void TheParametersLieWhereTheDriverPutsThem()
    {
        var (entry, _) = PtxCompiler.Compile(Kernel(nameof(Bodies.ManyParameters), "Bodies.ManyParameters"), "hash");
        Assert.Equal([(0, 16), (16, 4), (24, 8), (32, 4), (36, 1)], entry.Parameters.Select(parameter => (parameter.Offset, parameter.Size)));
    }

    [Fact]
    public void AScalarInLocalMemoryBecomesARegister()
    {
        const string Text = "{\n\t.local .align 4 .b8 __local_depot0[4];\n\tmov.b64\t%rd8, __local_depot0;\n\tst.local.f32\t[%rd8], 0f00000000;\n\tld.local.f32\t%f13, [%rd8];\n}\n";
        Assert.Equal("{\n\t.reg .f32\t%slot0;\n\tmov.f32\t%slot0, 0f00000000;\n\tmov.f32\t%f13, %slot0;\n}\n", LocalDepots.Promote(Text));
    }

    [Theory]
    [InlineData("\tadd.u64\t%rd9, %rd8, 4;\n")]
    [InlineData("\tld.local.b16\t%rs1, [%rd8];\n")]
    [InlineData("\tmov.b64\t%rd8, 5;\n")]
    public void ASlotWhoseAddressIsUsedOtherwiseStays(string use)
    {
        var text = $"\t.local .align 4 .b8 __local_depot0[4];\n\tmov.b64\t%rd8, __local_depot0;\n\tst.local.f32\t[%rd8], %f1;\n{use}";
        Assert.Equal(text, LocalDepots.Promote(text));
    }

    [Fact]
    public void NumbersDependOnTheTextAlone() =>
        Assert.Equal(PtxText.Renumbered("L_77:\n.target sm_80\n bra L_77, _x_5;"), PtxText.Renumbered("L_12:\r\n.target sm_80\r\n bra L_12, _x_99;"));

    private static IEnumerable<string> Reached(string kernel) => SourceHash.Parts(KernelCatalog.All().Single(k => k.Name == kernel).Method);

    private static KernelMethod Kernel(string method, string name) =>
        new(name, typeof(Bodies).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!, new CudaKernelAttribute(32));

    private static class Bodies
    {
        internal static void Fused(ArrayView<float> x) => x[0] = MathF.FusedMultiplyAdd(x[0], x[1], x[2]);

        internal static void ManyParameters(ArrayView<float> x, int a, long b, float c, byte d) => x[b] = a + c + d;
    }
}
