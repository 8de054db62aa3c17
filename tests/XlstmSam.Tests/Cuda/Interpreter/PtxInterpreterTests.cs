using XlstmSam.PtxInterpreter;

namespace XlstmSam.Tests.Cuda;

/// <summary>Whole small kernels as ILGPU writes them, and what the text may not contain.</summary>
public sealed class PtxInterpreterTests
{
    private readonly PtxBench bench = new();

    [Fact]
    public void ThreadsOfAllBlocksRunOnce()
    {
        const string body = """
            mov.b32 %r0, %ctaid.x;
            mov.b32 %r1, %ntid.x;
            mad.lo.s32 %r2, %r0, %r1, %t;
            mul.wide.u32 %l0, %r2, 4;
            add.u64 %l1, %in, %l0;
            add.u64 %l2, %out, %l0;
            ld.global.f32 %f0, [%l1];
            fma.rn.f32 %f1, %f0, 0f40000000, 0f3F800000;
            st.global.f32 [%l2], %f1;
            """;
        var inputs = Enumerable.Range(0, 200).Select(i => Bits(i * 0.5f)).ToArray();
        var outputs = bench.Run(body, inputs, 200, new(40), new(5), workers: 2);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => Bits(i + 1f)), outputs);
        Assert.Empty(bench.Report.Findings);
        Assert.Equal(200 * 16, bench.Report.Instructions);
    }

    [Theory]
    [InlineData("frob.b32 %r0, %r1;", "frob")]
    [InlineData("add.rz.f32 %f0, %f1, %f2;", ".rz")]
    [InlineData("add.f32 %f0, %f1, %nowhere;", "%nowhere")]
    [InlineData("add.s32 %r0, %l1, %r2;", "64 bits")]
    [InlineData("bra NOWHERE;", "NOWHERE")]
    [InlineData("mov.b32 %r0, ;", "expected 2")]
    public void UnknownTextIsRefusedWithItsLine(string body, string named)
    {
        var fault = Assert.Throws<PtxFault>(() => PtxModule.Parse(PtxBench.Module(body)));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.Contains("line 19", fault.Message, StringComparison.Ordinal);
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
