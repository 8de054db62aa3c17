namespace XlstmSam.Tests.Cuda;

/// <summary>One instruction on chosen operands: %r0 to %r2 hold them, %r9 takes the result, as bits.</summary>
public sealed class PtxArithmeticTests
{
    private readonly PtxBench bench = new();

    [Theory]
    [InlineData("add.f32", 1e8f, 1f, 1e8f)]
    [InlineData("sub.f32", 1f, 3f, -2f)]
    [InlineData("mul.f32", 1e-38f, 0.25f, 0.25e-38f)]
    [InlineData("mul.ftz.f32", 1e-40f, 2f, 0f)]
    [InlineData("mul.rn.ftz.f32", 1e-20f, -1e-20f, -0f)]
    [InlineData("div.rn.f32", 1f, 3f, 1f / 3f)]
    [InlineData("div.full.f32", 2f, 0f, float.PositiveInfinity)]
    [InlineData("min.f32", float.NaN, 2f, 2f)]
    [InlineData("max.f32", -3f, float.NaN, -3f)]
    [InlineData("min.f32", 0f, -0f, -0f)]
    [InlineData("max.f32", -0f, 0f, 0f)]
    [InlineData("max.NaN.f32", -3f, float.NaN, float.NaN)]
    [InlineData("copysign.f32", -3f, 2f, -2f)]
    public void OpcodesOfTwoFloatsGiveTheirExactResults(string opcode, float x, float y, float expected) =>
        AssertSame(expected, Compute($"{opcode} %r9, %r0, %r1;", Bits(x), Bits(y)));

    [Theory]
    [InlineData("neg.f32", 0f, -0f)]
    [InlineData("abs.f32", -2.5f, 2.5f)]
    [InlineData("sqrt.rn.f32", 2f, 1.4142135f)]
    [InlineData("sqrt.rn.f32", -1f, float.NaN)]
    [InlineData("rcp.rn.f32", -0f, float.NegativeInfinity)]
    [InlineData("rsqrt.approx.f32", 16f, 0.25f)]
    [InlineData("ex2.approx.f32", -3f, 0.125f)]
    [InlineData("ex2.approx.f32", -149f, float.Epsilon)]
    [InlineData("ex2.approx.ftz.f32", -140f, 0f)]
    [InlineData("ex2.approx.ftz.f32", float.NegativeInfinity, 0f)]
    [InlineData("ex2.approx.ftz.f32", 200f, float.PositiveInfinity)]
    [InlineData("lg2.approx.f32", 1024f, 10f)]
    [InlineData("lg2.approx.f32", 0f, float.NegativeInfinity)]
    [InlineData("lg2.approx.f32", -1f, float.NaN)]
    [InlineData("sin.approx.f32", 0.5f, 0.47942555f)]
    [InlineData("cos.approx.f32", 0f, 1f)]
    [InlineData("tanh.approx.f32", float.PositiveInfinity, 1f)]
    [InlineData("cvt.rni.f32.f32", 2.5f, 2f)]
    [InlineData("cvt.rmi.f32.f32", -2.5f, -3f)]
    [InlineData("cvt.rpi.f32.f32", 2.25f, 3f)]
    [InlineData("cvt.rzi.f32.f32", -2.75f, -2f)]
    public void OpcodesOfOneFloatGiveTheirExactResults(string opcode, float x, float expected) => AssertSame(expected, Compute($"{opcode} %r9, %r0;", Bits(x), 0));

    [Fact]
    public void FusedMultiplyAddRoundsOnce()
    {
        // (1 + 2^-12)^2 - 1 = 2^-11 + 2^-24: a product rounded first would lose the second term.
        var x = 1f + MathF.ScaleB(1, -12);
        AssertSame(MathF.ScaleB(1, -11) + MathF.ScaleB(1, -24), Compute("fma.rn.f32 %r9, %r0, %r0, %r1;", Bits(x), Bits(-1f)));
        AssertSame(MathF.ScaleB(1, -11), Compute("mul.f32 %r2, %r0, %r0; add.f32 %r9, %r2, %r1;", Bits(x), Bits(-1f)));
    }

    [Fact]
    public void TanhIsAsCoarseAsHardware()
    {
        var result = BitConverter.UInt32BitsToSingle(Compute("tanh.approx.f32 %r9, %r0;", Bits(0.7f), 0));
        Assert.InRange(Math.Abs((result / Math.Tanh(0.7f)) - 1), 1e-6, 1d / 2048);
    }

    [Theory]
    [InlineData("add.s32", uint.MaxValue, 2, 1)]
    [InlineData("sub.s32", 0, 1, uint.MaxValue)]
    [InlineData("mul.lo.s32", 0x10001, 0x10001, 0x20001)]
    [InlineData("mul.hi.u32", 0x80000000, 6, 3)]
    [InlineData("mul.hi.s32", 0x80000000, 6, 0xfffffffd)]
    [InlineData("div.s32", unchecked((uint)-7), 2, unchecked((uint)-3))]
    [InlineData("div.s32", 0x80000000, uint.MaxValue, 0x80000000)]
    [InlineData("div.u32", uint.MaxValue, 2, 0x7fffffff)]
    [InlineData("rem.s32", unchecked((uint)-7), 2, uint.MaxValue)]
    [InlineData("rem.s32", 0x80000000, uint.MaxValue, 0)]
    [InlineData("rem.u32", 10, 4, 2)]
    [InlineData("min.s32", uint.MaxValue, 1, uint.MaxValue)]
    [InlineData("min.u32", uint.MaxValue, 1, 1)]
    [InlineData("max.s32", uint.MaxValue, 1, 1)]
    [InlineData("and.b32", 12, 10, 8)]
    [InlineData("or.b32", 12, 10, 14)]
    [InlineData("xor.b32", 12, 10, 6)]
    [InlineData("shl.b32", 3, 31, 0x80000000)]
    [InlineData("shl.b32", 3, 32, 0)]
    [InlineData("shr.u32", 0x80000000, 31, 1)]
    [InlineData("shr.s32", 0x80000000, 99, uint.MaxValue)]
    [InlineData("shr.u32", 0x80000000, 99, 0)]
    public void OpcodesOfTwoIntegersGiveTheirExactResults(string opcode, uint x, uint y, uint expected)
    {
        Assert.Equal(expected, Compute($"{opcode} %r9, %r0, %r1;", x, y));
        Assert.Equal(expected, Compute($"{opcode} %r9, %r0, {y};", x, y));
    }

    [Theory]
    [InlineData("neg.s32 %r9, %r0;", 5, 0, unchecked((uint)-5))]
    [InlineData("abs.s32 %r9, %r0;", unchecked((uint)-5), 0, 5)]
    [InlineData("not.b32 %r9, %r0;", 1, 0, 0xfffffffe)]
    [InlineData("mad.lo.s32 %r9, %r0, %r1, 7;", 5, 6, 37)]
    [InlineData("popc.b32 %r9, %r0;", 0xf0f0, 0, 8)]
    [InlineData("clz.b32 %r9, %r0;", 1, 0, 31)]
    [InlineData("clz.b32 %r9, %r0;", 0, 0, 32)]
    [InlineData("brev.b32 %r9, %r0;", 1, 0, 0x80000000)]
    [InlineData("bfe.u32 %r9, %r0, 4, 8;", 0xabcd, 0, 0xbc)]
    [InlineData("bfe.s32 %r9, %r0, 4, 8;", 0xabcd, 0, 0xffffffbc)]
    [InlineData("bfe.s32 %r9, %r0, 28, 8;", 0x80000000, 0, 0xfffffff8)]
    [InlineData("bfe.u32 %r9, %r0, 4, 0;", 0xabcd, 0, 0)]
    [InlineData("bfi.b32 %r9, %r0, %r1, 8, 4;", 0xf, 0, 0xf00)]
    [InlineData("bfi.b32 %r9, %r0, %r1, 8, 4;", 0, 0xffff, 0xf0ff)]
    [InlineData("prmt.b32 %r9, %r0, %r1, 0x5410;", 0x33221100, 0x77665544, 0x55441100)]
    [InlineData("prmt.b32 %r9, %r0, %r1, 0x0008;", 0x80, 0, 0x808080ff)]
    [InlineData("shf.l.wrap.b32 %r9, %r0, %r1, 8;", 0xaa000000, 0x1, 0x1aa)]
    [InlineData("shf.r.clamp.b32 %r9, %r0, %r1, 40;", 7, 9, 9)]
    [InlineData("lop3.b32 %r9, %r0, %r1, 0xff, 0x96;", 0xf0, 0xcc, 0xf0 ^ 0xcc ^ 0xff)]
    [InlineData("setp.lt.s32 %p1, %r0, %r1; selp.b32 %r9, 1, 2, %p1;", uint.MaxValue, 0, 1)]
    [InlineData("setp.lo.u32 %p1, %r0, %r1; selp.b32 %r9, 1, 2, %p1;", uint.MaxValue, 0, 2)]
    [InlineData("setp.lt.s32 %p0, %r0, %r1; setp.ge.or.s32 %p1|%p2, %r0, 5, !%p0; selp.b32 %r9, 1, 2, %p2;", 1, 3, 1)]
    [InlineData("setp.eq.s32 %p0, %r0, 1; not.pred %p1, %p0; and.pred %p2, %p0, %p1; or.pred %p3, %p0, %p2; selp.b32 %r9, 7, 8, %p3;", 1, 0, 7)]
    [InlineData("setp.eq.s32 %p0, %r0, 1; mov.b32 %r9, 3; @!%p0 mov.b32 %r9, 4;", 1, 0, 3)]
    public void IntegerFormsGiveTheirExactResults(string text, uint x, uint y, uint expected) => Assert.Equal(expected, Compute(text, x, y));

    [Theory]
    [InlineData("eq", false, false, true)]
    [InlineData("ne", true, false, false)]
    [InlineData("lt", true, false, false)]
    [InlineData("le", true, false, true)]
    [InlineData("gt", false, false, false)]
    [InlineData("ge", false, false, true)]
    [InlineData("equ", false, true, true)]
    [InlineData("neu", true, true, false)]
    [InlineData("ltu", true, true, false)]
    [InlineData("leu", true, true, true)]
    [InlineData("gtu", false, true, false)]
    [InlineData("geu", false, true, true)]
    [InlineData("num", true, false, true)]
    [InlineData("nan", false, true, false)]
    public void ComparisonsOfFloatsFollowTheOrderOfNumbersAndNaN(string comparison, bool ofOneAndTwo, bool ofOneAndNaN, bool ofEquals)
    {
        var text = $"setp.{comparison}.f32 %p1, %r0, %r1; selp.b32 %r9, 1, 0, %p1;";
        Assert.Equal(ofOneAndTwo ? 1u : 0, Compute(text, Bits(1), Bits(2)));
        Assert.Equal(ofOneAndNaN ? 1u : 0, Compute(text, Bits(1), Bits(float.NaN)));
        Assert.Equal(ofEquals ? 1u : 0, Compute(text, Bits(0f), Bits(-0f)));
    }

    [Theory]
    [InlineData("cvt.rzi.s32.f32 %r9, %r0;", -2.9f, unchecked((uint)-2))]
    [InlineData("cvt.rzi.s32.f32 %r9, %r0;", 3e9f, int.MaxValue)]
    [InlineData("cvt.rzi.u32.f32 %r9, %r0;", -1f, 0)]
    [InlineData("cvt.rzi.s32.f32 %r9, %r0;", float.NaN, 0)]
    [InlineData("cvt.rni.s32.f32 %r9, %r0;", 2.5f, 2)]
    [InlineData("cvt.rna.tf32.f32 %r9, %r0;", 1.00048828125f, 0x3f802000)]
    [InlineData("cvt.rn.bf16.f32 %s0, %r0; mov.b32 %r9, {%s0, %s0};", 1.00390625f, 0x3f803f80)]
    [InlineData("cvt.rn.bf16.f32 %s0, %r0; mov.b32 %r9, {%s0, %s0};", 1.01171875f, 0x3f823f82)]
    [InlineData("cvt.rn.bf16x2.f32 %r9, %r0, 0f40000000;", 1f, 0x3f804000)]
    [InlineData("cvt.rn.bf16x2.f32 %r9, %r0, %r0;", float.MaxValue, 0x7f807f80)]
    [InlineData("cvt.rn.bf16x2.f32 %r9, %r0, 0fff800000;", float.NaN, 0x7fffff80)]
    [InlineData("cvt.rn.f16x2.f32 %r9, %r0, 0f40000000;", 1f, 0x3c004000)]
    [InlineData("cvt.rn.f16.f32 %s0, %r0; cvt.f32.f16 %r9, %s0;", 2049f, 0x45000000)]
    [InlineData("cvt.rzi.s16.f32 %s0, %r0; cvt.s32.s16 %r9, %s0;", -1e6f, 0xffff8000)]
    [InlineData("testp.notanumber.f32 %p0, %r0; selp.b32 %r9, 1, 0, %p0;", float.NaN, 1)]
    [InlineData("testp.infinite.f32 %p0, %r0; selp.b32 %r9, 1, 0, %p0;", float.NegativeInfinity, 1)]
    public void ConversionsOfFloatsRoundAsTheirSuffixSays(string text, float x, uint expected) => Assert.Equal(expected, Compute(text, Bits(x), 0));

    [Theory]
    [InlineData("cvt.rn.f32.s32 %r9, %r0;", uint.MaxValue, 0xbf800000)]
    [InlineData("cvt.rn.f32.u32 %r9, %r0;", uint.MaxValue, 0x4f800000)]
    [InlineData("cvt.s32.s8 %r9, %r0;", 0x1ff, uint.MaxValue)]
    [InlineData("cvt.u32.u8 %r9, %r0;", 0x1ff, 0xff)]
    [InlineData("cvt.s64.s32 %l0, %r0; shr.s64 %l0, %l0, 8; cvt.u32.u64 %r9, %l0;", 0x80000000, 0xff800000)]
    [InlineData("mul.wide.s32 %l0, %r0, %r0; mov.b64 {%r8, %r9}, %l0;", 0x80000000, 0x40000000)]
    [InlineData("mul.wide.u32 %l0, %r0, 16; mov.b64 {%r8, %r9}, %l0;", 0xf0000000, 0xf)]
    [InlineData("mov.b64 %l0, {%r0, %r0}; shr.u64 %l0, %l0, 16; cvt.u32.u64 %r9, %l0;", 0x12345678, 0x56781234)]
    [InlineData("cvt.rn.f64.s32 %d0, %r0; mul.f64 %d0, %d0, 0d3FE0000000000000; cvt.rzi.s32.f64 %r9, %d0;", 9, 4)]
    [InlineData("cvt.sat.u8.s32 %r9, %r0;", 300, 255)]
    public void ConversionsOfIntegersExtendOrCut(string text, uint x, uint expected) => Assert.Equal(expected, Compute(text, x, 0));

    [Fact]
    public void DivisionByZeroIsAFault()
    {
        var fault = Assert.Throws<PtxInterpreter.PtxFault>(() => Compute("div.s32 %r9, %r0, %r1;", 1, 0));
        Assert.Contains("Division by zero. At 'div.s32 %r9, %r0, %r1' (PTX line", fault.Message, StringComparison.Ordinal);
    }

    // Once with all lanes, once with a guard that lets every third lane through: the others keep what they had.
    private uint Compute(string text, uint x, uint y)
    {
        var body = $"""
            ld.global.b32 %r0, [%in];
            ld.global.b32 %r1, [%in+4];
            {text}
            st.global.b32 [%b], %r9;
            """;
        var results = bench.Run(body, [x, y], 32);
        Assert.All(results, result => Assert.Equal(results[0], result));
        Assert.Equal(results[0], Guarded(text, x, y));
        return results[0];
    }

    private uint Guarded(string text, uint x, uint y)
    {
        var body = $"""
            ld.global.b32 %r0, [%in];
            ld.global.b32 %r1, [%in+4];
            mov.b32 %r9, 0xabcdef;
            rem.u32 %r7, %t, 3;
            setp.ne.u32 %p9, %r7, 0;
            @%p9 bra SKIP;
            {text}
            SKIP: st.global.b32 [%b], %r9;
            """;
        var results = bench.Run(body, [x, y], 32);
        Assert.All(results.Where((_, lane) => lane % 3 != 0), result => Assert.Equal(0xabcdefu, result));
        Assert.All(results.Where((_, lane) => lane % 3 == 0), result => Assert.Equal(results[0], result));
        return results[0];
    }

    private static void AssertSame(float expected, uint actual)
    {
        var value = BitConverter.UInt32BitsToSingle(actual);
        Assert.True(float.IsNaN(expected) ? float.IsNaN(value) : Bits(expected) == actual, $"Expected {expected:r}, got {value:r}.");
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
