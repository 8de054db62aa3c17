using System.Diagnostics;
using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>A ticket owns some tokens; every token is a sum over taps, channel by channel. dx is the same sum over dy, the other way round.</summary>
internal sealed unsafe class CausalConv1dCpu(WorkerPool pool) : ICausalConv1d
{
    private const int MostBlocks = 64;

    public long ScratchBytes(in CausalConv1dGeometry geometry) => 0;

    public void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y)
    {
        Debug.Assert(x.Length == (long)geometry.B * geometry.S * geometry.C && y.Length == x.Length, "CausalConv1d: x and y match the geometry.");
        Convolve(geometry, geometry.Reverse, CpuBuffer.Floats(x), CpuBuffer.Floats(weight), CpuBuffer.Floats(bias), CpuBuffer.Floats(y), accumulate: false);
    }

    public void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias)
    {
        Debug.Assert(x.Length == (long)geometry.B * geometry.S * geometry.C && dy.Length == x.Length, "CausalConv1d: x and dy match the geometry.");
        if (!dx.IsNone)
        {
            Convolve(geometry, !geometry.Reverse, CpuBuffer.Floats(dy), CpuBuffer.Floats(weight), null, CpuBuffer.Floats(dx), accumulate: true);
        }

        if (!dweight.IsNone || !dbias.IsNone)
        {
            Sums(geometry, CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(dweight), CpuBuffer.Floats(dbias));
        }
    }

    /// <summary>y_t = bias + Σ_p weight[p] x_{t + step (K-1-p)}, step 1 if reversed and -1 otherwise, over the taps that meet a token.</summary>
    private void Convolve(CausalConv1dGeometry geometry, bool reverse, float* x, float* weight, float* bias, float* y, bool accumulate)
    {
        var blocks = Partition.Of((long)geometry.B * geometry.S * geometry.C, geometry.C);
        pool.Run(blocks.Blocks, new TokensJob(geometry, blocks, reverse, x, weight, bias, y, accumulate));
    }

    /// <summary>dweight[p] += Σ_t dy_t x_{t + step (K-1-p)}, dbias += Σ_t dy_t: blocks of tokens, then the blocks in order.</summary>
    private void Sums(CausalConv1dGeometry geometry, float* dy, float* x, float* dweight, float* dbias)
    {
        var (s, c, k) = (geometry.S, geometry.C, geometry.K);
        var tile = new RepeatedRow(c);
        var blocks = Partition.Of((long)s * c, c, MostBlocks);
        var stride = (k + 1L) * tile.Width;
        using var partial = pool.Scratch.BorrowZeros(geometry.B * blocks.Blocks * stride);
        var sums = partial.Doubles;
        pool.Run(geometry.B * blocks.Blocks, new SumsJob(geometry, blocks, tile, dy, x, sums));
        for (var p = 0; p < k; p++)
        {
            BlockSums.AddTo(dweight is null ? null : dweight + ((long)p * c), sums + ((long)p * tile.Width), c, geometry.B * blocks.Blocks, stride);
        }

        BlockSums.AddTo(dbias, sums + ((long)k * tile.Width), c, geometry.B * blocks.Blocks, stride);
    }

    private readonly struct TokensJob(
        CausalConv1dGeometry geometry, Partition blocks, bool reverse, float* x, float* weight, float* bias, float* y, bool accumulate) : IWorkItems
    {
        public void Run(int ticket)
        {
            var (s, c, k) = (geometry.S, geometry.C, geometry.K);
            var token = blocks.Start(ticket) / c;
            for (var end = token + (blocks.Length(ticket) / c); token < end; token++)
            {
                var reach = reverse ? s - 1 - (token % s) : token % s;
                var first = (int)Math.Max(0, k - 1 - reach);
                var step = reverse ? -(long)c : c;
                var from = token - ((k - 1 - first) * (reverse ? -1L : 1L));
                LaneLoop.Run(new TapsBody(x + (from * c), weight + ((long)first * c), k - first, step, c, bias, y + (token * c), accumulate), 0, c);
            }
        }
    }

    private readonly struct SumsJob(CausalConv1dGeometry geometry, Partition blocks, RepeatedRow tile, float* dy, float* x, double* sums) : IWorkItems
    {
        public void Run(int ticket)
        {
            var (s, c, k) = (geometry.S, geometry.C, geometry.K);
            var (b, block) = Math.DivRem(ticket, blocks.Blocks);
            var own = sums + (ticket * (k + 1L) * tile.Width);
            var (from, to) = (blocks.Start(block) / c, (blocks.Start(block) + blocks.Length(block)) / c);
            for (var p = 0; p <= k; p++)
            {
                // Tap k stands for the bias: dy alone.
                var distance = p == k ? 0 : (geometry.Reverse ? 1L : -1L) * (k - 1 - p);
                var first = Math.Max(from, -distance);
                var last = Math.Min(to, s - distance);
                if (first < last)
                {
                    var start = ((long)b * s * c) + (first * c);
                    var target = own + ((long)p * tile.Width);
                    if (p == k)
                    {
                        ColumnSums.Add(new BiasTerms(dy), start, (last - first) * c, tile.Width, target, null);
                    }
                    else
                    {
                        ColumnSums.Add(new TapTerms(dy, x + (distance * c)), start, (last - first) * c, tile.Width, target, null);
                    }

                    tile.Fold(target);
                }
            }
        }
    }

    private readonly struct TapsBody(float* x, float* weight, int taps, long step, long channels, float* bias, float* y, bool accumulate) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var sum = bias is null ? T.Of(0f) : Load<T>(bias + index);
            if (taps == 4)
            {
                sum += (Product<T>(index, 0) + Product<T>(index, 1)) + (Product<T>(index, 2) + Product<T>(index, 3));
            }

            for (var p = 0; p < taps && taps != 4; p++)
            {
                sum += Product<T>(index, p);
            }

            if (accumulate)
            {
                sum += Load<T>(y + index);
            }

            Store(y + index, sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private T Product<T>(long index, int tap)
            where T : unmanaged, ILane<T> => Load<T>(x + index + (tap * step)) * Load<T>(weight + index + (tap * channels));
    }

    private readonly struct TapTerms(float* dy, float* x) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = Load<T>(dy + index) * Load<T>(x + index);
            second = default;
        }
    }

    private readonly struct BiasTerms(float* dy) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = Load<T>(dy + index);
            second = default;
        }
    }
}
