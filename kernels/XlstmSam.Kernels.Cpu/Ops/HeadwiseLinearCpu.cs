using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Every block is a sum over its diagonals: y[o] = Σ_k weight[o, (o + k) mod Size] x[(o + k) mod Size]. A diagonal of all blocks is one row
/// of weights, and x rotated within blocks is one shuffle of a register when Size divides its lanes.
/// </summary>
internal sealed unsafe class HeadwiseLinearCpu(WorkerPool pool) : IHeadwiseLinear
{
    private const int MostBlocks = 64;

    public long ScratchBytes(in HeadwiseLinearGeometry geometry) => 0;

    public void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y)
    {
        Debug.Assert(x.Length == geometry.Rows * geometry.Blocks * geometry.Size && y.Length == x.Length, "HeadwiseLinear: x and y match the geometry.");
        Multiply(geometry, CpuBuffer.Floats(x), CpuBuffer.Floats(weight), transposed: false, CpuBuffer.Floats(y), accumulate: false);
    }

    public void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight)
    {
        Debug.Assert(x.Length == geometry.Rows * geometry.Blocks * geometry.Size && dy.Length == x.Length, "HeadwiseLinear: x and dy match the geometry.");
        if (!dx.IsNone)
        {
            Multiply(geometry, CpuBuffer.Floats(dy), CpuBuffer.Floats(weight), transposed: true, CpuBuffer.Floats(dx), accumulate: true);
        }

        if (!dweight.IsNone)
        {
            WeightGradient(geometry, CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(dweight));
        }
    }

    private void Multiply(HeadwiseLinearGeometry geometry, float* x, float* weight, bool transposed, float* y, bool accumulate)
    {
        var size = geometry.Size;
        var channels = geometry.Blocks * size;
        var tile = new RepeatedRow(channels);
        using var laidOut = pool.Scratch.Borrow((long)size * tile.Width);
        var diagonals = laidOut.Start;
        for (var k = 0; k < size; k++)
        {
            var row = diagonals + ((long)k * tile.Width);
            for (var c = 0; c < channels; c++)
            {
                var (from, to) = (c, c + Distance(c, k, size));
                row[c] = weight[WeightIndex(transposed ? to : from, transposed ? from : to, size)];
            }

            tile.Repeat(row);
        }

        var blocks = Partition.Of(geometry.Rows * channels, tile.Width);
        pool.Run(blocks.Blocks, new RowsJob<DiagonalsBody>(new(x, diagonals, size, tile.Width, y, accumulate), blocks, tile.Width));
    }

    private void WeightGradient(HeadwiseLinearGeometry geometry, float* dy, float* x, float* dweight)
    {
        var size = geometry.Size;
        var channels = geometry.Blocks * size;
        var tile = new RepeatedRow(channels);
        var blocks = Partition.Of(geometry.Rows * channels, tile.Width, MostBlocks);
        var stride = (long)size * tile.Width;
        using var partial = pool.Scratch.BorrowZeros(blocks.Blocks * stride);
        var sums = partial.Doubles;
        pool.Run(blocks.Blocks, new WeightJob(size, blocks, tile, dy, x, sums));
        for (var k = 0; k < size; k++)
        {
            for (var c = 0; c < channels; c++)
            {
                dweight[WeightIndex(c, c + Distance(c, k, size), size)] += (float)BlockSums.Total(sums + ((long)k * tile.Width) + c, blocks.Blocks, stride);
            }
        }
    }

    /// <summary>Where the weight (Blocks, Size, Size) holds the factor from one input channel to one output channel of the same block.</summary>
    private static long WeightIndex(int output, int input, int size) => ((long)output * size) + (input % size);

    /// <summary>From a channel to its partner, channel (o + k) mod Size of the same block.</summary>
    private static int Distance(long channel, int k, int size)
    {
        var o = (int)(channel % size);
        return ((o + k) % size) - o;
    }

    /// <summary>The partners of the channels in one vector or lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Partners<T>(float* x, long column, int k, int size)
        where T : unmanaged, ILane<T>
    {
        if (typeof(T) == typeof(ScalarLane))
        {
            return Load<T>(x + Distance(column, k, size));
        }

        if ((size & (size - 1)) != 0 || size > 8)
        {
            return Gather<T>(x, column, k, size);
        }

        var lane = Vector256<int>.Indices;
        var block = Vector256.Create(size - 1);
        var order = Vector256.AndNot(lane, block) | ((lane + Vector256.Create(k)) & block);
        return Unsafe.BitCast<Vector256<float>, T>(Vector256.ShuffleNative(Vector256.Load(x), order));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Gather<T>(float* x, long column, int k, int size)
        where T : unmanaged, ILane<T>
    {
        var lanes = stackalloc float[8];
        for (var lane = 0; lane < 8; lane++)
        {
            lanes[lane] = x[lane + Distance(column + lane, k, size)];
        }

        return Load<T>(lanes);
    }

    private readonly struct WeightJob(int size, Partition blocks, RepeatedRow tile, float* dy, float* x, double* sums) : IWorkItems
    {
        public void Run(int ticket)
        {
            for (var k = 0; k < size; k++)
            {
                var own = sums + ((((long)ticket * size) + k) * tile.Width);
                ColumnSums.Add(new DiagonalTerms(dy, x, k, size), blocks.Start(ticket), blocks.Length(ticket), tile.Width, own, null);
                tile.Fold(own);
            }
        }
    }

    private readonly struct DiagonalsBody(float* x, float* diagonals, int size, int width, float* y, bool accumulate) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var sum = accumulate ? Load<T>(y + index) : T.Of(0f);
            for (var k = 0; k < size; k++)
            {
                sum += Load<T>(diagonals + ((long)k * width) + column) * Partners<T>(x + index, column, k, size);
            }

            Store(y + index, sum);
        }
    }

    private readonly struct DiagonalTerms(float* dy, float* x, int k, int size) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = Load<T>(dy + index) * Partners<T>(x + index, column, k, size);
            second = default;
        }
    }
}
