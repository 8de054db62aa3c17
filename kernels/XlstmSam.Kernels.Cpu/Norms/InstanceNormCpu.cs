using System.Diagnostics;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Forward sweeps x for the moments, then for the result; backward sweeps for the sums, then for the gradients. Forward's second sweep runs from the
/// end: what the first, or the convolution before, has touched last is still in the cache.
/// </summary>
internal sealed unsafe partial class InstanceNormCpu(WorkerPool pool) : IInstanceNorm
{
    private const int MostBlocks = 64;
    private const long LargestCached = 8 << 20; // elements: as much as the last level of a large processor holds
    private const int Alignment = 32;

    public long ScratchBytes(in InstanceNormGeometry geometry) => 0;

    public void Forward(
        in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
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
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma,
        View dbeta, View dresidual)
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
        var (tile, sample) = (new RepeatedRow(geometry.C), geometry.Voxels * geometry.C);
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
        var (tile, sample) = (new RepeatedRow(geometry.C), geometry.Voxels * geometry.C);
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
        var (tile, sample) = (new RepeatedRow(geometry.C), geometry.Voxels * geometry.C);
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
    private void Sums<TFormula>(InstanceNormGeometry geometry, RepeatedRow tile, Operands operands, float* dgamma, float* dbeta)
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

    private static void RepeatAll(int count, RepeatedRow tile, float* tiles)
    {
        for (var t = 0; t < count; t++)
        {
            tile.Repeat(tiles + ((long)t * tile.Width));
        }
    }
}
