using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Dice and cross entropy in one pass each way. Runs of 512 voxels sum in float, their sums in double and in order.</summary>
internal sealed unsafe class DiceCeCpu(WorkerPool pool) : IDiceCe
{
    private const long Block = 1 << 14;
    private const int Run = 512;

    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums)
    {
        Debug.Assert(logits.Length == geometry.N * geometry.Voxels && targets.Length == logits.Length && sums.Length == 3L * geometry.N, "Shapes agree.");
        var voxels = geometry.Voxels;
        var blocks = (int)((voxels + Block - 1) / Block);
        var x = CpuBuffer.Floats(logits);
        var y = CpuBuffer.Bytes8(targets);
        using var scratch = pool.Scratch.Borrow((long)geometry.N * blocks * sizeof(Sums) / sizeof(float));
        var partials = (Sums*)scratch.Start;
        pool.Run(geometry.N * blocks, task =>
        {
            var start = task % blocks * Block;
            var first = (task / blocks * voxels) + start;
            partials[task] = Sum(x + first, y + first, (int)Math.Min(Block, voxels - start));
        });
        *CpuBuffer.Floats(loss) = (float)Combine(geometry, weights, partials, blocks, CpuBuffer.Floats(sums));
    }

    public void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits)
    {
        if (dlogits.IsNone)
        {
            return;
        }

        var voxels = geometry.Voxels;
        var blocks = (int)((voxels + Block - 1) / Block);
        float* x = CpuBuffer.Floats(logits), dx = CpuBuffer.Floats(dlogits), sum = CpuBuffer.Floats(sums);
        var y = CpuBuffer.Bytes8(targets);
        double seed = *CpuBuffer.Floats(dloss), smooth = weights.Smooth;
        var (dice, entropy) = (seed * weights.Dice / geometry.N, (float)(seed * weights.CrossEntropy / ((double)geometry.N * voxels)));
        pool.Run(geometry.N * blocks, task =>
        {
            var mask = sum + (task / blocks * 3);
            double top = (2.0 * mask[0]) + smooth, bottom = (double)mask[1] + mask[2] + smooth;
            var start = task % blocks * Block;
            var first = (task / blocks * voxels) + start;
            var slopes = (Target: (float)(-2 * dice / bottom), Probability: (float)(2 * dice * top / (bottom * bottom)), Entropy: entropy);
            Gradient(x + first, y + first, dx + first, (int)Math.Min(Block, voxels - start), slopes);
        });
    }

    /// <summary>Adds the blocks in order, writes the sums of every mask and returns the loss.</summary>
    private static double Combine(in DiceCeGeometry geometry, in DiceCeWeights weights, Sums* partials, int blocks, float* sums)
    {
        double dice = 0, entropy = 0;
        for (var n = 0; n < geometry.N; n++)
        {
            Sums mask = default;
            for (var b = 0; b < blocks; b++)
            {
                mask.Add(partials[((long)n * blocks) + b]);
            }

            (sums[3 * n], sums[(3 * n) + 1], sums[(3 * n) + 2]) = ((float)mask.Overlap, (float)mask.Predicted, (float)mask.Expected);
            dice += 1 - (((2 * mask.Overlap) + weights.Smooth) / (mask.Predicted + mask.Expected + weights.Smooth));
            entropy += mask.Entropy;
        }

        return (weights.Dice * dice / geometry.N) + (weights.CrossEntropy * entropy / ((double)geometry.N * geometry.Voxels));
    }

    private static Sums Sum(float* x, byte* y, int count)
    {
        Sums sums = default;
        for (var i = 0; i < count; i += Run)
        {
            sums.Add(SumRun(x + i, y + i, Math.Min(Run, count - i)));
        }

        return sums;
    }

    /// <summary>A run short enough to add up in floats, eight at a time.</summary>
    private static Sums SumRun(float* x, byte* y, int count)
    {
        Vector256<float> overlap = default, predicted = default, expected = default, entropy = default;
        for (var i = 0; i < count; i += 8)
        {
            var lanes = Math.Min(8, count - i);
            var logit = Load(x + i, lanes);
            var target = Load(y + i, lanes);
            var e = VectorLane.Exp(new(-Vector256.Abs(logit))).Value;
            var inverse = Vector256<float>.One / (Vector256<float>.One + e);
            var p = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(logit, Vector256<float>.Zero), inverse, e * inverse);
            var h = Vector256.MaxNative(logit, Vector256<float>.Zero) + LogOnePlus(e) - (logit * target);
            if (lanes < 8)
            {
                var valid = Vector256.LessThan(Vector256<float>.Indices, Vector256.Create((float)lanes));
                (p, h) = (p & valid, h & valid);
            }

            overlap = Vector256.MultiplyAddEstimate(p, target, overlap);
            predicted = Vector256.MultiplyAddEstimate(p, p, predicted);
            expected += target;
            entropy += h;
        }

        return new() { Overlap = Vector256.Sum(overlap), Predicted = Vector256.Sum(predicted), Expected = Vector256.Sum(expected), Entropy = Vector256.Sum(entropy) };
    }

    /// <summary>With q = 1 - p computed without cancellation: dx += (Target y + Probability p) p q + Entropy (p - y).</summary>
    private static void Gradient(float* x, byte* y, float* dx, int count, (float Target, float Probability, float Entropy) slopes)
    {
        Vector256<float> target = Vector256.Create(slopes.Target), probability = Vector256.Create(slopes.Probability), entropy = Vector256.Create(slopes.Entropy);
        for (var i = 0; i < count; i += 8)
        {
            var lanes = Math.Min(8, count - i);
            var logit = Load(x + i, lanes);
            var t = Load(y + i, lanes);
            var e = VectorLane.Exp(new(-Vector256.Abs(logit))).Value;
            var large = Vector256<float>.One / (Vector256<float>.One + e);
            var small = e * large;
            var positive = Vector256.GreaterThanOrEqual(logit, Vector256<float>.Zero);
            var p = Vector256.ConditionalSelect(positive, large, small);
            var q = Vector256.ConditionalSelect(positive, small, large);
            var difference = (p * (Vector256<float>.One - t)) - (q * t);
            var gradient = (((target * t) + (probability * p)) * (p * q)) + (entropy * difference);
            Accumulate(dx + i, gradient, lanes);
        }
    }

    /// <summary>log(1 + e) = e P(e) for e in [0, 1] with the minimax polynomial P, relative error 3e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LogOnePlus(Vector256<float> e)
    {
        var p = Vector256.MultiplyAddEstimate(Vector256.Create(5.23269091e-3f), e, Vector256.Create(-2.95052138e-2f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(7.82258902e-2f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(-0.136632384f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(0.191060019f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(-0.248429803f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(0.333190964f));
        p = Vector256.MultiplyAddEstimate(p, e, Vector256.Create(-0.499994931f));
        return e * Vector256.MultiplyAddEstimate(p, e, Vector256.Create(0.99999997f));
    }

    private static void Accumulate(float* dx, Vector256<float> gradient, int lanes)
    {
        if (lanes == 8)
        {
            (Vector256.Load(dx) + gradient).Store(dx);
            return;
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            dx[lane] += gradient[lane];
        }
    }

    private static Vector256<float> Load(float* x, int lanes)
    {
        if (lanes == 8)
        {
            return Vector256.Load(x);
        }

        var padded = stackalloc float[8];
        new ReadOnlySpan<float>(x, lanes).CopyTo(new(padded, 8));
        return Vector256.Load(padded);
    }

    private static Vector256<float> Load(byte* y, int lanes)
    {
        ulong packed = 0;
        if (lanes == 8)
        {
            packed = *(ulong*)y;
        }
        else
        {
            new ReadOnlySpan<byte>(y, lanes).CopyTo(new(&packed, 8));
        }

        var halves = Vector128.WidenLower(Vector128.CreateScalar(packed).AsByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves)).AsInt32());
    }

    /// <summary>Σ p y, Σ p², Σ y² and Σ softplus(x) - x y of one block.</summary>
    private struct Sums
    {
        public double Overlap, Predicted, Expected, Entropy;

        public void Add(in Sums other) =>
            (Overlap, Predicted, Expected, Entropy) = (Overlap + other.Overlap, Predicted + other.Predicted, Expected + other.Expected, Entropy + other.Entropy);
    }
}
