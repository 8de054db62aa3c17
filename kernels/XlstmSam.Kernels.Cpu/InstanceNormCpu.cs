using System.Diagnostics;
using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Forward sweeps x for the moments, then for the result; backward sweeps for the sums, then for the gradients. Forward's second sweep runs from the
/// end: what the first, or the convolution before, has touched last is still in the cache.
/// </summary>
internal sealed unsafe class InstanceNormCpu(WorkerPool pool) : IInstanceNorm
{
    private const int MostBlocks = 64;
    private const long LargestCached = 8 << 20; // elements: as much as the last level of a large processor holds
    private const int Alignment = 32;

    public void Forward(in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
    {
        Debug.Assert(x.Length == geometry.Length && y.Length == geometry.Length, "InstanceNorm: x and y match the geometry.");
        Debug.Assert(mean.Length == geometry.Planes && rstd.Length == geometry.Planes, "InstanceNorm: one mean and rstd per plane.");
        Moments(geometry, epsilon, CpuBuffer.Floats(x), CpuBuffer.Floats(mean), CpuBuffer.Floats(rstd));
        Normalise(geometry, activation, x, gamma, beta, residual, y, mean, rstd);
    }

    public void Normalise(in InstanceNormGeometry geometry, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
    {
        switch (activation)
        {
            case Activation.None: Normalise<Identity>(geometry, x, gamma, beta, residual, y, mean, rstd); break;
            case Activation.Relu: Normalise<Relu>(geometry, x, gamma, beta, residual, y, mean, rstd); break;
            case Activation.LeakyRelu: Normalise<LeakyRelu>(geometry, x, gamma, beta, residual, y, mean, rstd); break;
            default: throw Unsupported(activation);
        }
    }

    public void Backward(
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma, View dbeta, View dresidual)
    {
        Debug.Assert(x.Length == geometry.Length && dy.Length == geometry.Length, "InstanceNorm: x and dy match the geometry.");
        switch (activation)
        {
            case Activation.None: Backward<Identity>(geometry, dy, x, dy, gamma, mean, rstd, dx, dgamma, dbeta, dresidual); break;
            case Activation.Relu: Backward<Relu>(geometry, dy, x, y, gamma, mean, rstd, dx, dgamma, dbeta, dresidual); break;
            case Activation.LeakyRelu: Backward<LeakyRelu>(geometry, dy, x, y, gamma, mean, rstd, dx, dgamma, dbeta, dresidual); break;
            default: throw Unsupported(activation);
        }
    }

    private static ArgumentException Unsupported(Activation activation) =>
        new($"InstanceNorm: activation is {activation}; expected None, Relu or LeakyRelu, whose gradient follows from y.");

    /// <summary>Mean and 1 / sqrt(variance + epsilon) of every plane.</summary>
    internal void Moments(InstanceNormGeometry geometry, float epsilon, float* x, float* mean, float* rstd)
    {
        var (tile, sample) = (new ColumnTile(geometry.C), geometry.Voxels * geometry.C);
        var blocks = Partition.Of(sample, tile.Width, MostBlocks);
        var row = PlaneMoments.RowLength(geometry.C);
        var stride = (2L * row) + PlaneMoments.WorkLength(tile);
        using var partial = pool.Scratch.BorrowZeros(geometry.N * blocks.Blocks * stride);
        var sums = partial.Doubles;
        pool.Run(geometry.N * blocks.Blocks, new MomentsJob(blocks, tile, x, sums, row, stride));
        for (var n = 0; n < geometry.N; n++)
        {
            var first = sums + (n * blocks.Blocks * stride);
            for (var block = 1; block < blocks.Blocks; block++)
            {
                var own = first + (block * stride);
                PlaneMoments.Merge(first, first + row, blocks.Start(block) / geometry.C, own, own + row, blocks.Length(block) / geometry.C, geometry.C);
            }

            for (var c = 0; c < geometry.C; c++)
            {
                mean[(n * geometry.C) + c] = (float)first[c];
                rstd[(n * geometry.C) + c] = (float)(1 / Math.Sqrt((first[row + c] / geometry.Voxels) + epsilon));
            }
        }
    }

    private void Normalise<TFormula>(InstanceNormGeometry geometry, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
        where TFormula : struct, IUnaryFormula
    {
        var (tile, sample) = (new ColumnTile(geometry.C), geometry.Voxels * geometry.C);
        using var laidOut = pool.Scratch.Borrow((long)geometry.N * 3 * tile.Width);
        var tiles = laidOut.Start;
        var weight = CpuBuffer.Floats(gamma);
        var offset = CpuBuffer.Floats(beta);
        var average = CpuBuffer.Floats(mean);
        var inverse = CpuBuffer.Floats(rstd);
        for (long plane = 0; plane < geometry.Planes; plane++)
        {
            var (n, c) = Math.DivRem(plane, geometry.C);
            var own = tiles + (n * 3 * tile.Width) + c;
            own[0] = average[plane];
            own[tile.Width] = weight[c] * inverse[plane];
            own[2 * tile.Width] = offset[c];
        }

        RepeatAll(geometry.N * 3, tile, tiles);
        var blocks = Partition.Of(sample, tile.Width);
        var source = CpuBuffer.Floats(x);
        var target = CpuBuffer.Floats(y);
        var isAligned = (nint)target % Alignment == 0 && tile.Width % Lanes == 0 && sample % Lanes == 0;
        var streams = geometry.Length >= LargestCached && source != target && isAligned;
        var job = new NormaliseJob<TFormula>(blocks, geometry.N, tile.Width, source, tiles, CpuBuffer.Floats(residual), target, streams);
        pool.Run(checked(geometry.N * blocks.Blocks), job);
    }

    private void Backward<TFormula>(
        InstanceNormGeometry geometry, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma, View dbeta, View dresidual)
        where TFormula : struct, IUnaryFormula
    {
        var (tile, sample) = (new ColumnTile(geometry.C), geometry.Voxels * geometry.C);
        using var laidOut = pool.Scratch.Borrow((long)geometry.N * 5 * tile.Width);
        var tiles = laidOut.Start;
        var operands = new Operands(CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(y), tiles, tile.Width);
        var average = CpuBuffer.Floats(mean);
        var inverse = CpuBuffer.Floats(rstd);
        var weight = CpuBuffer.Floats(gamma);
        for (long plane = 0; plane < geometry.Planes; plane++)
        {
            var (n, c) = Math.DivRem(plane, geometry.C);
            var own = operands.Of(n, sample).Tiles + c;
            own[0] = average[plane];
            own[tile.Width] = inverse[plane];
            own[2 * tile.Width] = weight[c] * inverse[plane];
        }

        RepeatAll(geometry.N * 5, tile, tiles);
        if (!dx.IsNone || !dgamma.IsNone || !dbeta.IsNone)
        {
            Sums<TFormula>(geometry, tile, operands, CpuBuffer.Floats(dgamma), CpuBuffer.Floats(dbeta));
        }

        var dsource = CpuBuffer.Floats(dx);
        var dskip = CpuBuffer.Floats(dresidual);
        if (dsource is null && dskip is null)
        {
            return;
        }

        var (replacesX, replacesDy) = (dsource == CpuBuffer.Floats(x), dskip == CpuBuffer.Floats(dy));
        var blocks = Partition.Of(sample, tile.Width);
        pool.Run(checked(geometry.N * blocks.Blocks), new GradientJob<TFormula>(blocks, tile.Width, operands, dsource, dskip, replacesX, replacesDy));
    }

    /// <summary>Σ g and Σ g xhat per plane: their means go to tiles 3 and 4, their sums over samples to dbeta and dgamma.</summary>
    private void Sums<TFormula>(InstanceNormGeometry geometry, ColumnTile tile, Operands operands, float* dgamma, float* dbeta)
        where TFormula : struct, IUnaryFormula
    {
        var sample = geometry.Voxels * geometry.C;
        var blocks = Partition.Of(sample, tile.Width, MostBlocks);
        var stride = 2L * tile.Width;
        using var partial = pool.Scratch.BorrowZeros(geometry.N * blocks.Blocks * stride);
        var sums = partial.Doubles;
        pool.Run(geometry.N * blocks.Blocks, new SumsJob<TFormula>(blocks, tile, operands, sums));
        for (var n = 0; n < geometry.N; n++)
        {
            var total = sums + (n * blocks.Blocks * stride);
            BlockSums.Fold(total, 2 * tile.Width, blocks.Blocks, stride);
            BlockSums.AddTo(dbeta, total, geometry.C, 1, stride);
            BlockSums.AddTo(dgamma, total + tile.Width, geometry.C, 1, stride);
            var own = operands.Of(n, sample).Tiles;
            for (var c = 0; c < geometry.C; c++)
            {
                own[(3 * tile.Width) + c] = (float)(total[c] / geometry.Voxels);
                own[(4 * tile.Width) + c] = (float)(total[tile.Width + c] / geometry.Voxels);
            }
        }

        RepeatAll(geometry.N * 5, tile, operands.Tiles);
    }

    private static void RepeatAll(int count, ColumnTile tile, float* tiles)
    {
        for (var t = 0; t < count; t++)
        {
            tile.Repeat(tiles + ((long)t * tile.Width));
        }
    }

    // Tickets number the blocks of the first sample, then those of the next.
    private readonly struct MomentsJob(Partition blocks, ColumnTile tile, float* x, double* sums, int row, long stride) : ITicketJob
    {
        public void Run(int ticket)
        {
            var (n, block) = Math.DivRem(ticket, blocks.Blocks);
            var own = sums + (ticket * stride);
            PlaneMoments.Of(x, (n * blocks.Count) + blocks.Start(block), blocks.Length(block), tile, own, own + row, own + (2 * row));
        }
    }

    private readonly struct NormaliseJob<TFormula>(
        Partition blocks, int samples, int width, float* x, float* tiles, float* residual, float* y, bool streams) : ITicketJob
        where TFormula : struct, IUnaryFormula
    {
        public void Run(int ticket)
        {
            var (n, block) = Math.DivRem((samples * blocks.Blocks) - 1 - ticket, blocks.Blocks);
            var from = n * blocks.Count;
            var own = tiles + ((long)n * 3 * width);
            var body = new NormaliseBody<TFormula>(x + from, own, own + width, own + (2 * width), residual is null ? null : residual + from, y + from, streams);
            LaneLoop.Run(body, blocks.Start(block), blocks.Length(block), width);
        }
    }

    private readonly struct SumsJob<TFormula>(Partition blocks, ColumnTile tile, Operands operands, double* sums) : ITicketJob
        where TFormula : struct, IUnaryFormula
    {
        public void Run(int ticket)
        {
            var (n, block) = Math.DivRem(ticket, blocks.Blocks);
            var own = sums + (ticket * 2L * tile.Width);
            ColumnSums.Add(new GradientTerms<TFormula>(operands.Of(n, blocks.Count)), blocks.Start(block), blocks.Length(block), tile.Width, own, own + tile.Width);
            tile.Fold(own);
            tile.Fold(own + tile.Width);
        }
    }

    private readonly struct GradientJob<TFormula>(
        Partition blocks, int width, Operands operands, float* dx, float* dresidual, bool replacesX, bool replacesDy) : ITicketJob
        where TFormula : struct, IUnaryFormula
    {
        public void Run(int ticket)
        {
            var (n, block) = Math.DivRem(ticket, blocks.Blocks);
            var from = n * blocks.Count;
            var body = new GradientBody<TFormula>(
                operands.Of(n, blocks.Count), dx is null ? null : dx + from, dresidual is null ? null : dresidual + from, replacesX, replacesDy);
            LaneLoop.Run(body, blocks.Start(block), blocks.Length(block), width);
        }
    }

    /// <summary>The arrays of one sample, and its tiles: mean, rstd, gamma rstd, mean(g), mean(g xhat).</summary>
    private readonly struct Operands(float* dy, float* x, float* y, float* tiles, int width)
    {
        public float* Tiles => tiles;

        public Operands Of(long n, long sample) => new(dy + (n * sample), x + (n * sample), y + (n * sample), tiles + (n * 5 * width), width);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Gradient<T, TFormula>(long index)
            where T : unmanaged, ILane<T>
            where TFormula : struct, IUnaryFormula => TFormula.Backward(Load<T>(y + index), Load<T>(dy + index));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Normalised<T>(long index, long column)
            where T : unmanaged, ILane<T> => (Load<T>(x + index) - Load<T>(tiles + column)) * Load<T>(tiles + width + column);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Tile<T>(int number, long column)
            where T : unmanaged, ILane<T> => Load<T>(tiles + (number * width) + column);
    }

    private readonly struct NormaliseBody<TFormula>(float* x, float* mean, float* scale, float* beta, float* residual, float* y, bool streams) : ILaneBody
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var value = T.MultiplyAdd(Load<T>(x + index) - Load<T>(mean + column), Load<T>(scale + column), Load<T>(beta + column));
            if (residual is not null)
            {
                value += Load<T>(residual + index);
            }

            if (streams)
            {
                Stream(y + index, TFormula.Forward(value));
            }
            else
            {
                Store(y + index, TFormula.Forward(value));
            }
        }
    }

    private readonly struct GradientTerms<TFormula>(Operands operands) : ISumTerms
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = operands.Gradient<T, TFormula>(index);
            second = first * operands.Normalised<T>(index, column);
        }
    }

    private readonly struct GradientBody<TFormula>(Operands operands, float* dx, float* dresidual, bool replacesX, bool replacesDy) : ILaneBody
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T>
        {
            var g = operands.Gradient<T, TFormula>(index);
            if (dx is not null)
            {
                var centred = g - operands.Tile<T>(3, column) - (operands.Normalised<T>(index, column) * operands.Tile<T>(4, column));
                Put(dx + index, operands.Tile<T>(2, column) * centred, replacesX);
            }

            if (dresidual is not null)
            {
                Put(dresidual + index, g, replacesDy);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Put<T>(float* target, T value, bool replaces)
            where T : unmanaged, ILane<T>
        {
            if (replaces)
            {
                Store(target, value);
            }
            else
            {
                Add(target, value);
            }
        }
    }
}
