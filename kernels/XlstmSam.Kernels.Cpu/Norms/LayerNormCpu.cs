using System.Diagnostics;
using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>One (row, group) after the other, each swept three times while it is in the cache; a ticket owns some rows.</summary>
internal sealed unsafe class LayerNormCpu(WorkerPool pool) : ILayerNorm
{
    private const int MostBlocks = 64;
    private const int LongestFloatSum = 4096;

    public long ScratchBytes(in LayerNormGeometry geometry) => 0;

    public void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd)
    {
        Debug.Assert(x.Length == geometry.Length && y.Length == geometry.Length, "LayerNorm: x and y match the geometry.");
        Debug.Assert(mean.Length == geometry.Rows * geometry.Groups && rstd.Length == mean.Length, "LayerNorm: one mean and rstd per (row, group).");
        var blocks = Partition.Of(geometry.Length, geometry.Channels);
        pool.Run(blocks.Blocks, new ForwardJob(
            geometry, blocks, epsilon, scaleOffset, CpuBuffer.Floats(x), CpuBuffer.Floats(weight), CpuBuffer.Floats(bias), CpuBuffer.Floats(y),
                CpuBuffer.Floats(mean), CpuBuffer.Floats(rstd)));
    }

    public void Backward(
        in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias)
    {
        Debug.Assert(x.Length == geometry.Length && dy.Length == geometry.Length, "LayerNorm: x and dy match the geometry.");
        var channels = geometry.Channels;
        var summing = !dweight.IsNone || !dbias.IsNone;
        var blocks = Partition.Of(geometry.Length, channels, MostBlocks);

        // Per block: sums of dweight and dbias in double, then the float sums of the rows since the last flush.
        var stride = 3L * channels;
        using var partial = pool.Scratch.BorrowZeros(summing ? blocks.Blocks * stride : 0);
        var sums = summing ? partial.Doubles : null;
        pool.Run(blocks.Blocks, new BackwardJob(
            geometry, blocks, scaleOffset, CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(weight), CpuBuffer.Floats(mean), CpuBuffer.Floats(rstd),
            CpuBuffer.Floats(dx), sums, stride));
        if (summing)
        {
            BlockSums.AddTo(CpuBuffer.Floats(dweight), sums, channels, blocks.Blocks, stride);
            BlockSums.AddTo(CpuBuffer.Floats(dbias), sums + channels, channels, blocks.Blocks, stride);
        }
    }

    private static void Moments(float* x, int width, float epsilon, out float mean, out float rstd)
    {
        var centre = (float)(SumPairOfRow.Of(new DeviationTerms(x, 0), 0, width).First / width);
        var (sum, squares) = SumPairOfRow.Of(new DeviationTerms(x, centre), 0, width);
        var shift = sum / width;
        var variance = Math.Max(0, (squares / width) - (shift * shift));
        mean = (float)(centre + shift);
        rstd = (float)(1 / Math.Sqrt(variance + epsilon));
    }

    private static void Gradients(Operands operands, int width, float* dx, float* dweight, long biasDistance)
    {
        if (dx is not null)
        {
            var (sum, product) = SumPairOfRow.Of(new GradientTerms(operands), 0, width);
            Run(new DataBody(operands, (float)(sum / width), (float)(product / width), dx), 0, width);
        }

        if (dweight is not null)
        {
            Run(new WeightBody(operands, dweight, dweight + biasDistance), 0, width);
        }
    }

    private static void Flush(float* recent, double* sums, int count)
    {
        for (var c = 0; c < count; c++)
        {
            sums[c] += recent[c];
            recent[c] = 0;
        }
    }

    private readonly struct ForwardJob(
        LayerNormGeometry geometry, Partition blocks, float epsilon, float scaleOffset, float* x, float* weight, float* bias, float* y, float* mean,
        float* rstd) : IWorkItems
    {
        public void Run(int ticket)
        {
            var (groups, width) = (geometry.Groups, geometry.Width);
            var run = blocks.Start(ticket) / width;
            for (var end = run + (blocks.Length(ticket) / width); run < end; run++)
            {
                var own = x + (run * width);
                var column = run % groups * width;
                var offset = bias is null ? null : bias + column;
                if (width <= NarrowLayerNorm.Widest)
                {
                    NarrowLayerNorm.Forward(own, width, epsilon, scaleOffset, weight + column, offset, y + (run * width), out mean[run], out rstd[run]);
                    continue;
                }

                Moments(own, width, epsilon, out mean[run], out rstd[run]);
                LaneLoop.Run(new NormaliseBody(own, mean[run], rstd[run], scaleOffset, weight + column, offset, y + (run * width)), 0, width);
            }
        }
    }

    /// <param name="sums">Null if neither dweight nor dbias is wanted, as is dx if absent.</param>
    private readonly struct BackwardJob(
        LayerNormGeometry geometry, Partition blocks, float scaleOffset, float* dy, float* x, float* weight, float* mean, float* rstd, float* dx, double* sums,
        long stride) : IWorkItems
    {
        public void Run(int ticket)
        {
            var (groups, width, channels) = (geometry.Groups, geometry.Width, geometry.Channels);
            var own = sums + (ticket * stride);
            var recent = sums is null ? null : (float*)(own + (2L * channels));
            var row = blocks.Start(ticket) / channels;
            for (long end = row + (blocks.Length(ticket) / channels), flush = row + LongestFloatSum; row < end; row++)
            {
                for (var group = 0; group < groups; group++)
                {
                    var (run, column) = ((row * groups) + group, group * width);
                    var into = dx is null ? null : dx + (run * width);
                    var weightInto = recent is null ? null : recent + column;
                    if (width <= NarrowLayerNorm.Widest)
                    {
                        NarrowLayerNorm.Backward(
                            dy + (run * width), x + (run * width), weight + column, scaleOffset, rstd[run], width, into, weightInto, channels);
                        continue;
                    }

                    var operands = new Operands(dy + (run * width), x + (run * width), weight + column, scaleOffset, mean[run], rstd[run]);
                    Gradients(operands, width, into, weightInto, channels);
                }

                if (recent is not null && (row + 1 == end || row + 1 == flush))
                {
                    Flush(recent, own, 2 * channels);
                    flush += LongestFloatSum;
                }
            }
        }
    }

    /// <summary>One (row, group): g = dy (scaleOffset + weight) and xhat = (x - mean) rstd.</summary>
    private readonly struct Operands(float* dy, float* x, float* weight, float scaleOffset, float mean, float rstd)
    {
        public float Rstd => rstd;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Dy<T>(long index)
            where T : unmanaged, ILane<T> => Load<T>(dy + index);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Scaled<T>(long index)
            where T : unmanaged, ILane<T> => Load<T>(dy + index) * (T.Of(scaleOffset) + Load<T>(weight + index));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Normalised<T>(long index)
            where T : unmanaged, ILane<T> => (Load<T>(x + index) - T.Of(mean)) * T.Of(rstd);
    }

    private readonly struct DeviationTerms(float* x, float centre) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = Load<T>(x + index) - T.Of(centre);
            second = first * first;
        }
    }

    private readonly struct NormaliseBody(float* x, float mean, float rstd, float scaleOffset, float* weight, float* bias, float* y) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var value = (Load<T>(x + index) - T.Of(mean)) * T.Of(rstd) * (T.Of(scaleOffset) + Load<T>(weight + index));
            Store(y + index, bias is null ? value : value + Load<T>(bias + index));
        }
    }

    private readonly struct GradientTerms(Operands operands) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = operands.Scaled<T>(index);
            second = first * operands.Normalised<T>(index);
        }
    }

    private readonly struct DataBody(Operands operands, float mean, float product, float* dx) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var centred = operands.Scaled<T>(index) - T.Of(mean) - (operands.Normalised<T>(index) * T.Of(product));
            Add(dx + index, T.Of(operands.Rstd) * centred);
        }
    }

    private readonly struct WeightBody(Operands operands, float* dweight, float* dbias) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var dy = operands.Dy<T>(index);
            Add(dweight + index, dy * operands.Normalised<T>(index));
            Add(dbias + index, dy);
        }
    }
}
