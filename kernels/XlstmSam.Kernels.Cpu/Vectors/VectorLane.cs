using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Eight floats in a register. Exp and Log are polynomials with an error below 2 ulps; infinities, overflow, gradual underflow and NaN
/// behave as in <see cref="ScalarLane"/>. Max and Min return NaN if either operand is NaN.
/// </summary>
internal readonly struct VectorLane(Vector256<float> value) : ILane<VectorLane>
{
    public readonly Vector256<float> Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Of(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane operator +(VectorLane a, VectorLane b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane operator -(VectorLane a, VectorLane b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane operator *(VectorLane a, VectorLane b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane operator /(VectorLane a, VectorLane b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane operator -(VectorLane a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane MultiplyAdd(VectorLane a, VectorLane b, VectorLane c) => new(Vector256.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Abs(VectorLane x) => new(Vector256.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Max(VectorLane a, VectorLane b) => new(Vector256.Max(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Min(VectorLane a, VectorLane b) => new(Vector256.Min(a.Value, b.Value));

    /// <summary>Zero of either sign and NaN are not positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane IfPositive(VectorLane x, VectorLane positive, VectorLane otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(x.Value, Vector256<float>.Zero), positive.Value, otherwise.Value));

    /// <summary>exp(x) = 2^n exp(r) with n = round(x / log 2), |r| ≤ log(2) / 2 and Cephes' polynomial for exp(r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Exp(VectorLane x)
    {
        // Outside [-105, 90] the result is 0 or infinity anyway. The constant comes first: then NaN passes through the native minimum.
        var v = Vector256.MaxNative(Vector256.Create(-105f), Vector256.MinNative(Vector256.Create(90f), x.Value));

        var p = Reduced(v, out var n);

        // 2^n may lie outside the normal range where the product does not: two factors reach infinity and the subnormals.
        var half = n >> 1;
        return new(p * PowerOfTwo(half) * PowerOfTwo(n - half));
    }

    /// <summary>exp(x) for x in [-87.3, 88], where it is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ExpOfNormal(Vector256<float> x)
    {
        var p = Reduced(x, out var n);
        return (p.AsInt32() + (n << 23)).AsSingle();
    }

    /// <summary>log(x) = e log 2 + log(1 + f) with x = 2^e (1 + f), f in [-1/3, 1/3), and a minimax polynomial for log(1 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Log(VectorLane x)
    {
        // Subnormal numbers are scaled into the normal range first.
        var small = Vector256.LessThan(x.Value, Vector256.Create(1.17549435e-38f));
        var v = Vector256.ConditionalSelect(small, x.Value * Vector256.Create(8388608f), x.Value);
        var exponent = Vector256.ConditionalSelect(small, Vector256.Create(-23f), Vector256<float>.Zero);

        var above = (v.AsInt32() - Vector256.Create(0x3f2aaaab)) & Vector256.Create(unchecked((int)0xff800000));
        var f = (v.AsInt32() - above).AsSingle() - Vector256.Create(1f);
        exponent += Vector256.ConvertToSingle(above >> 23);

        var s = f * f;
        var r = Vector256.Create(-0.130187988f);
        var t = Vector256.Create(0.140889585f);
        r = Vector256.MultiplyAddEstimate(r, s, Vector256.Create(-0.121489584f));
        t = Vector256.MultiplyAddEstimate(t, s, Vector256.Create(0.139809534f));
        r = Vector256.MultiplyAddEstimate(r, s, Vector256.Create(-0.166845024f));
        t = Vector256.MultiplyAddEstimate(t, s, Vector256.Create(0.200121149f));
        r = Vector256.MultiplyAddEstimate(r, s, Vector256.Create(-0.249996364f));
        r = Vector256.MultiplyAddEstimate(t, f, r);
        r = Vector256.MultiplyAddEstimate(r, f, Vector256.Create(0.333331943f));
        r = Vector256.MultiplyAddEstimate(r, f, Vector256.Create(-0.5f));
        r = Vector256.MultiplyAddEstimate(r, s, f);
        r = Vector256.MultiplyAddEstimate(exponent, Vector256.Create(0.693147182f), r);

        // Zero gives -infinity, negative numbers NaN; infinity and NaN give themselves.
        var zero = Vector256.Equals(x.Value, Vector256<float>.Zero);
        var negative = Vector256.LessThan(x.Value, Vector256<float>.Zero);
        var finite = Vector256.LessThan(x.Value, Vector256.Create(float.PositiveInfinity));
        r = Vector256.ConditionalSelect(finite, r, x.Value);
        r = Vector256.ConditionalSelect(zero, Vector256.Create(float.NegativeInfinity), r);
        return new(Vector256.ConditionalSelect(negative, Vector256.Create(float.NaN), r));
    }

    /// <summary>exp(r) and n of x = n log 2 + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Reduced(Vector256<float> x, out Vector256<int> n)
    {
        // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
        var magic = Vector256.Create(12582912f);
        var shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(1.44269504f), magic);
        n = shifted.AsInt32() - magic.AsInt32();
        var whole = shifted - magic;

        // log 2 in two parts; the first has nine bits, so whole * first is exact.
        var r = Vector256.MultiplyAddEstimate(whole, Vector256.Create(-0.693359375f), x);
        r = Vector256.MultiplyAddEstimate(whole, Vector256.Create(2.12194440e-4f), r);

        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        return Vector256.MultiplyAddEstimate(p, r * r, r) + Vector256.Create(1f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> n) => ((n + Vector256.Create(127)) << 23).AsSingle();
}
