using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Dice and cross entropy in one pass each way. Runs of 512 voxels sum in float, their sums in double and in order.</summary>
internal sealed unsafe class DiceCeCpu(WorkerPool pool) : IDiceCe
{
    private const long Block = 1 << 14;
    private const int Run = 512;

    public long ScratchBytes(in DiceCeGeometry geometry) => 0;

    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums)
    {
        Debug.Assert(logits.Length == geometry.N * geometry.Voxels && targets.Length == logits.Length && sums.Length == 3L * geometry.N, "Shapes agree.");
        var voxels = geometry.Voxels;
        var blocks = (int)((voxels + Block - 1) / Block);
        var x = CpuBuffer.Floats(logits);
        var y = CpuBuffer.Bytes8(targets);
        using var scratch = pool.Scratch.Borrow((long)geometry.N * blocks * sizeof(Sums) / sizeof(float));
        var partials = (Sums*)scratch.Start;
        pool.Run(geometry.N * blocks, new SumJob(voxels, blocks, x, y, partials));
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
        pool.Run(geometry.N * blocks, new GradientJob(voxels, blocks, x, y, sum, dx, smooth, dice, entropy));
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
        var whole = count & ~7;
        for (var i = 0; i < whole; i += Run)
        {
            sums.Add(SumRun(x + i, y + i, Math.Min(Run, whole - i)));
        }

        if (whole < count)
        {
            var last = new Eight(x + whole, y + whole, count - whole);
            sums.Add(SumRun(last.Logits, last.Targets, 8));
        }

        return sums;
    }

    /// <summary>A run short enough to add up in floats, eight at a time.</summary>
    private static Sums SumRun(float* x, byte* y, int count)
    {
        Vector256<float> overlap = default, predicted = default, expected = default, entropy = default;
        for (var i = 0; i < count; i += 8)
        {
            var logit = Vector256.Load(x + i);
            var target = Targets(y + i);
            var e = Decay(logit);
            var p = Probability(logit, e, out _);
            overlap = Vector256.MultiplyAddEstimate(p, target, overlap);
            predicted = Vector256.MultiplyAddEstimate(p, p, predicted);
            expected += target;
            entropy += Vector256.MultiplyAddEstimate(-logit, target, Vector256.MaxNative(logit, Vector256<float>.Zero)) + LogOnePlus(e);
        }

        return new()
        {
            Overlap = Vector256.Sum(overlap),
            Predicted = Vector256.Sum(predicted),
            Expected = Vector256.Sum(expected),
            Entropy = Vector256.Sum(entropy),
        };
    }

    private static void Gradient(float* x, byte* y, float* dx, int count, (float Target, float Probability, float Entropy) slopes)
    {
        var whole = count & ~7;
        GradientRun(x, y, dx, whole, slopes);
        if (whole < count)
        {
            var last = new Eight(x + whole, y + whole, count - whole);
            var rest = stackalloc float[8];
            GradientRun(last.Logits, last.Targets, rest, 8, slopes);
            for (var i = whole; i < count; i++)
            {
                dx[i] += rest[i - whole];
            }
        }
    }

    /// <summary>With q = 1 - p computed without cancellation: dx += (Target y + Probability p) p q + Entropy (p - y).</summary>
    private static void GradientRun(float* x, byte* y, float* dx, int count, (float Target, float Probability, float Entropy) slopes)
    {
        var (target, probability) = (Vector256.Create(slopes.Target), Vector256.Create(slopes.Probability));
        var entropy = Vector256.Create(slopes.Entropy);
        for (var i = 0; i < count; i += 8)
        {
            var logit = Vector256.Load(x + i);
            var t = Targets(y + i);
            var p = Probability(logit, Decay(logit), out var q);
            var difference = Vector256.MultiplyAddEstimate(p, Vector256<float>.One - t, -(q * t));
            var dice = Vector256.MultiplyAddEstimate(probability, p, target * t) * (p * q);
            (Vector256.Load(dx + i) + Vector256.MultiplyAddEstimate(entropy, difference, dice)).Store(dx + i);
        }
    }

    /// <summary>exp(-|x|); below 2^-126, which no sum of probabilities sees, it stays there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Decay(Vector256<float> x) =>
        VectorLane.ExpOfNormal(Vector256.MaxNative(Vector256.Create(-87.3f), x | Vector256.Create(-0f)));

    /// <summary>p = 1 / (1 + exp(-x)) and 1 - p from e = exp(-|x|), neither by a difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Probability(Vector256<float> x, Vector256<float> e, out Vector256<float> q)
    {
        var large = Vector256<float>.One / (Vector256<float>.One + e);
        var small = e * large;
        var negative = Vector256.LessThan(x, Vector256<float>.Zero);
        q = Vector256.ConditionalSelect(negative, large, small);
        return Vector256.ConditionalSelect(negative, small, large);
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

    /// <summary>Eight labels as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Targets(byte* y)
    {
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(y));
        }

        var halves = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)y).AsByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves)).AsInt32());
    }

    private readonly struct SumJob(long voxels, int blocks, float* x, byte* y, Sums* partials) : IWorkItems
    {
        public void Run(int ticket)
        {
            var start = ticket % blocks * Block;
            var first = (ticket / blocks * voxels) + start;
            partials[ticket] = Sum(x + first, y + first, (int)Math.Min(Block, voxels - start));
        }
    }

    private readonly struct GradientJob(
        long voxels, int blocks, float* x, byte* y, float* sums, float* dx, double smooth, double dice, float entropy) : IWorkItems
    {
        public void Run(int ticket)
        {
            var mask = sums + (ticket / blocks * 3);
            double top = (2.0 * mask[0]) + smooth, bottom = (double)mask[1] + mask[2] + smooth;
            var start = ticket % blocks * Block;
            var first = (ticket / blocks * voxels) + start;
            var slopes = (Target: (float)(-2 * dice / bottom), Probability: (float)(2 * dice * top / (bottom * bottom)), Entropy: entropy);
            Gradient(x + first, y + first, dx + first, (int)Math.Min(Block, voxels - start), slopes);
        }
    }

    /// <summary>The last voxels of a run, filled up to eight with certain background, which adds nothing.</summary>
    private struct Eight
    {
        private const float Background = -1e30f;

        private fixed float logits[8];
        private fixed byte targets[8];

        public Eight(float* x, byte* y, int count)
        {
            for (var i = 0; i < 8; i++)
            {
                (logits[i], targets[i]) = i < count ? (x[i], y[i]) : (Background, (byte)0);
            }
        }

        public float* Logits => (float*)Unsafe.AsPointer(ref logits[0]);

        public byte* Targets => (byte*)Unsafe.AsPointer(ref targets[0]);
    }

    /// <summary>Σ p y, Σ p², Σ y² and Σ softplus(x) - x y of one block.</summary>
    private struct Sums
    {
        public double Overlap, Predicted, Expected, Entropy;

        public void Add(in Sums other) =>
            (Overlap, Predicted, Expected, Entropy) =
                (Overlap + other.Overlap, Predicted + other.Predicted, Expected + other.Expected, Entropy + other.Entropy);
    }
}
