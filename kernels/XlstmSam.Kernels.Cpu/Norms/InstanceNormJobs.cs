using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

// What the tickets of each sweep do, down to the lanes.
internal sealed unsafe partial class InstanceNormCpu
{
    // Tickets number the blocks of the first sample, then those of the next.
    private readonly struct MomentsJob(Partition blocks, RepeatedRow tile, float* x, double* sums, int row, long stride) : IWorkItems
    {
        public void Run(int ticket)
        {
            var (n, block) = Math.DivRem(ticket, blocks.Blocks);
            var own = sums + (ticket * stride);
            PlaneMoments.Of(x, (n * blocks.Count) + blocks.Start(block), blocks.Length(block), tile, own, own + row, own + (2 * row));
        }
    }

    private readonly struct NormaliseJob<TFormula>(
        Partition blocks, int samples, int width, float* x, float* tiles, float* residual, float* y, bool streams) : IWorkItems
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

    private readonly struct SumsJob<TFormula>(Partition blocks, RepeatedRow tile, Operands operands, double* sums) : IWorkItems
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
        Partition blocks, int width, Operands operands, float* dx, float* dresidual, bool replacesX, bool replacesDy) : IWorkItems
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
