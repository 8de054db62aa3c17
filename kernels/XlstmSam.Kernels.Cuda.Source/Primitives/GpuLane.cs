using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>One thread's value. Exp and Log are within two units of the last place over the whole range, subnormal results included.</summary>
public readonly struct GpuLane(float value) : ILane<GpuLane>
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; the first has few bits, so that its product with a whole exponent is exact with and without a fused multiply-add.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    public readonly float Value = value;

    public static GpuLane Of(float value) => new(value);

    public static GpuLane operator +(GpuLane a, GpuLane b) => new(a.Value + b.Value);

    public static GpuLane operator -(GpuLane a, GpuLane b) => new(a.Value - b.Value);

    public static GpuLane operator *(GpuLane a, GpuLane b) => new(a.Value * b.Value);

    public static GpuLane operator /(GpuLane a, GpuLane b) => new(a.Value / b.Value);

    public static GpuLane operator -(GpuLane a) => new(-a.Value);

    public static GpuLane MultiplyAdd(GpuLane a, GpuLane b, GpuLane c) => new((a.Value * b.Value) + c.Value);

    /// <inheritdoc cref="Exp(float)"/>
    public static GpuLane Exp(GpuLane x) => new(Exp(x.Value));

    /// <inheritdoc cref="Log(float)"/>
    public static GpuLane Log(GpuLane x) => new(Log(x.Value));

    /// <summary>What 1 + x rounds away, the factor x / ((1 + x) - 1) restores.</summary>
    public static GpuLane LogOnePlus(GpuLane x)
    {
        var u = 1 + x.Value;
        var rounded = u - 1;
        return new(rounded > 0 ? Log(u) * x.Value / rounded : x.Value);
    }

    public static GpuLane Abs(GpuLane x) => new(MathF.Abs(x.Value));

    /// <summary>NaN if either is NaN.</summary>
    public static GpuLane Max(GpuLane a, GpuLane b) => new(a.Value > b.Value || float.IsNaN(a.Value) ? a.Value : b.Value);

    /// <summary>NaN if either is NaN.</summary>
    public static GpuLane Min(GpuLane a, GpuLane b) => new(a.Value < b.Value || float.IsNaN(a.Value) ? a.Value : b.Value);

    public static GpuLane IfPositive(GpuLane x, GpuLane positive, GpuLane otherwise) => new(x.Value > 0 ? positive.Value : otherwise.Value);

    /// <summary>
    /// exp(x) = 2^n exp(r), n the whole part of x / ln 2: the hardware's 2^t has the precision of a float only where t is small. 2^n comes in
    /// two factors, so that results beyond the range become infinite and those below it lose bits one by one. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x)
    {
        CudaAsm.Emit("cvt.rni.f32.f32 %0, %1;", out float nearest, x * Log2E);
        var n = nearest > 192 ? 192 : nearest < -192 ? -192 : nearest;
        var r = x - (n * Ln2High) - (n * Ln2Low);
        CudaAsm.Emit("ex2.approx.f32 %0, %1;", out float power, r * Log2E);
        var exponent = (int)n;
        var half = exponent >> 1;
        return power * PowerOf2(half) * PowerOf2(exponent - half);
    }

    /// <summary>
    /// log(x) = n ln 2 + log(1 + f), 1 + f in [sqrt(1/2), sqrt(2)): f - f²/2 + f³ P(f), so that the result is exact to its last place near 1 too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float x)
    {
        // Subnormal numbers are scaled into the normal range first.
        var isSmall = x < 1.17549435e-38f;
        var scaled = isSmall ? x * 8388608f : x;
        var bits = (int)Interop.FloatAsInt(scaled);
        var n = (bits - 0x3F3504F3) >> 23;
        var f = Interop.IntAsFloat((uint)(bits - (n << 23))) - 1;
        var exponent = (float)(isSmall ? n - 23 : n);
        var z = f * f;
        var p = (7.0376836292e-2f * f) - 1.1514610310e-1f;
        p = (p * f) + 1.1676998740e-1f;
        p = (p * f) - 1.2420140846e-1f;
        p = (p * f) + 1.4249322787e-1f;
        p = (p * f) - 1.6668057665e-1f;
        p = (p * f) + 2.0000714765e-1f;
        p = (p * f) - 2.4999993993e-1f;
        p = (p * f) + 3.3333331174e-1f;
        var tail = (p * f * z) + (exponent * Ln2Low) - (0.5f * z);
        var result = f + tail + (exponent * Ln2High);

        // 0 gives -infinity, negative numbers and NaN give NaN, +infinity stays.
        return x > 0 ? (x < float.PositiveInfinity ? result : x) : x == 0 ? float.NegativeInfinity : float.NaN;
    }

    private static float PowerOf2(int exponent) => Interop.IntAsFloat((uint)(exponent + 127) << 23);
}
