using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// A resize is separable. Rows of the input are interpolated along W, then a row of the output blends at most four of them; the adjoint of a
/// row of the input gathers the output rows that read it, then applies the transposed interpolation. Every row has one owner.
/// </summary>
internal sealed unsafe class Resample3dCpu(WorkerPool pool) : IResample3d
{
    private readonly ConcurrentDictionary<(int In, int Out, ResampleMode Mode), AxisTaps> taps = new();

    public long ScratchBytes(in Resample3dGeometry geometry)
    {
        var (from, to) = (geometry.In, geometry.Out);
        return sizeof(float) * (long)geometry.N * Math.Max(from.D, to.D) * Math.Max(from.H, to.H) * Math.Max(from.W, to.W) * geometry.C;
    }

    public void Forward(in Resample3dGeometry geometry, View x, View y)
    {
        var (n, from, to, channels, mode) = geometry;
        Debug.Assert(x.Length >= n * from.Count * channels && y.Length >= n * to.Count * channels);
        var (d, h, w) = Axes(geometry);
        var source = CpuBuffer.Floats(x);
        var target = CpuBuffer.Floats(y);
        var (rowIn, rowOut) = ((long)from.W * channels, (long)to.W * channels);
        using var scratch = pool.Scratch.Borrow(n * (long)from.D * from.H * rowOut);
        var wide = scratch.Start;
        FixedBlocks.Run(
            pool, (long)n * from.D * from.H, FixedBlocks.RowsPerBlock(rowIn + rowOut), new WidenJob(w, channels, mode, source, rowIn, wide, rowOut));
        FixedBlocks.Run(pool, (long)n * to.D * to.H, FixedBlocks.RowsPerBlock(rowOut), new BlendJob(from, to, d, h, wide, rowOut, target));
    }

    public void Backward(in Resample3dGeometry geometry, View dy, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        var (n, from, to, channels, _) = geometry;
        Debug.Assert(dx.Length >= n * from.Count * channels && dy.Length >= n * to.Count * channels);
        var (d, h, w) = Axes(geometry);
        var source = CpuBuffer.Floats(dy);
        var target = CpuBuffer.Floats(dx);
        var (rowIn, rowOut) = ((long)from.W * channels, (long)to.W * channels);
        var gathered = Math.Max(1, to.Count / from.Count);
        FixedBlocks.Run(pool, (long)n * from.D * from.H, FixedBlocks.RowsPerBlock(gathered * (rowIn + rowOut)), new AdjointJob(
            pool.Scratch, from, to, channels, d, h, w, source, target));
    }

    private (AxisTaps D, AxisTaps H, AxisTaps W) Axes(in Resample3dGeometry geometry) =>
        (Axis(geometry.In.D, geometry.Out.D, geometry.Mode), Axis(geometry.In.H, geometry.Out.H, geometry.Mode),
            Axis(geometry.In.W, geometry.Out.W, geometry.Mode));

    private AxisTaps Axis(int inputs, int outputs, ResampleMode mode) => taps.GetOrAdd((inputs, outputs, mode), static key => new(key.In, key.Out, key.Mode));

    /// <summary>y = the rows that output row (od, oh) reads, weighted and added.</summary>
    private static void Blend(float* planes, int rows, long width, AxisTaps d, int od, AxisTaps h, int oh, float* y)
    {
        var (wd, wh) = (d.Weight[od], h.Weight[oh]);
        var lower = planes + ((((long)d.Lower[od] * rows) + h.Lower[oh]) * width);
        var (stepD, stepH) = ((d.Upper[od] - d.Lower[od]) * rows * width, (h.Upper[oh] - h.Lower[oh]) * width);
        if (wd == 0 && wh == 0)
        {
            FloatVectorOps.Copy(lower, y, width);
        }
        else if (wd == 0 || wh == 0)
        {
            var (weight, step) = wd == 0 ? (wh, stepH) : (wd, stepD);
            FloatVectorOps.Scaled(lower, 1 - weight, y, width, accumulate: false);
            FloatVectorOps.Scaled(lower + step, weight, y, width, accumulate: true);
        }
        else
        {
            BlendFour(lower, lower + stepD, stepH, wd, wh, width, y);
        }
    }

    private static void BlendFour(float* lower, float* upper, long step, float wd, float wh, long width, float* y)
    {
        var (w00, w01, w10, w11) = ((1 - wd) * (1 - wh), (1 - wd) * wh, wd * (1 - wh), wd * wh);
        long i = 0;
        for (; i <= width - 8; i += 8)
        {
            var near = (Vector256.Load(lower + i) * w00) + (Vector256.Load(lower + step + i) * w01);
            var far = (Vector256.Load(upper + i) * w10) + (Vector256.Load(upper + step + i) * w11);
            (near + far).Store(y + i);
        }

        for (; i < width; i++)
        {
            y[i] = (lower[i] * w00) + (lower[step + i] * w01) + ((upper[i] * w10) + (upper[step + i] * w11));
        }
    }

    private static void Interpolate(float* row, AxisTaps w, int channels, ResampleMode mode, float* y)
    {
        for (var o = 0; o < w.Lower.Length; o++, y += channels)
        {
            var weight = w.Weight[o];
            var lower = row + ((long)w.Lower[o] * channels);
            var upper = row + ((long)w.Upper[o] * channels);
            if (channels == 1)
            {
                *y = weight == 0 ? *lower : ((1 - weight) * *lower) + (weight * *upper);
            }
            else if (mode == ResampleMode.Nearest || weight == 0)
            {
                FloatVectorOps.Copy(lower, y, channels);
            }
            else
            {
                FloatVectorOps.Scaled(lower, 1 - weight, y, channels, accumulate: false);
                FloatVectorOps.Scaled(upper, weight, y, channels, accumulate: true);
            }
        }
    }

    /// <summary>The output rows that read input row (id, ih), weighted and added; false if none does.</summary>
    private static bool Gather(float* planes, int rows, long width, AxisTaps d, int id, AxisTaps h, int ih, float* gather)
    {
        var filled = false;
        for (var od = d.First[id]; od < d.End[id]; od++)
        {
            for (var oh = h.First[ih]; oh < h.End[ih]; oh++)
            {
                var weight = d.Of(id, od) * h.Of(ih, oh);
                if (weight != 0)
                {
                    FloatVectorOps.Scaled(planes + ((((long)od * rows) + oh) * width), weight, gather, width, accumulate: filled);
                    filled = true;
                }
            }
        }

        return filled;
    }

    private static void Scatter(float* gather, AxisTaps w, int channels, float* dx)
    {
        for (var o = 0; o < w.Lower.Length; o++, gather += channels)
        {
            var weight = w.Weight[o];
            var lower = dx + ((long)w.Lower[o] * channels);
            var upper = dx + ((long)w.Upper[o] * channels);
            if (channels == 1)
            {
                *lower += (1 - weight) * *gather;
                *upper += weight * *gather;
                continue;
            }

            FloatVectorOps.Scaled(gather, 1 - weight, lower, channels, accumulate: true);
            if (weight != 0)
            {
                FloatVectorOps.Scaled(gather, weight, upper, channels, accumulate: true);
            }
        }
    }

    private readonly struct WidenJob(AxisTaps w, int channels, ResampleMode mode, float* x, long rowIn, float* wide, long rowOut) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                Interpolate(x + (row * rowIn), w, channels, mode, wide + (row * rowOut));
            }
        }
    }

    private readonly struct BlendJob(Extent3 from, Extent3 to, AxisTaps d, AxisTaps h, float* wide, long rowOut, float* y) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                var (volume, od, oh) = (row / to.H / to.D, (int)(row / to.H % to.D), (int)(row % to.H));
                Blend(wide + (volume * from.D * from.H * rowOut), from.H, rowOut, d, od, h, oh, y + (row * rowOut));
            }
        }
    }

    private readonly struct AdjointJob(
        Scratch scratch, Extent3 from, Extent3 to, int channels, AxisTaps d, AxisTaps h, AxisTaps w, float* dy, float* dx) : IBlockJob
    {
        public void Run(long start, long end)
        {
            var (rowIn, rowOut) = ((long)from.W * channels, (long)to.W * channels);
            using var gather = scratch.Borrow(rowOut);
            for (var row = start; row < end; row++)
            {
                var (volume, id, ih) = (row / from.H / from.D, (int)(row / from.H % from.D), (int)(row % from.H));
                if (Gather(dy + (volume * to.Count * channels), to.H, rowOut, d, id, h, ih, gather.Start))
                {
                    Scatter(gather.Start, w, channels, dx + (row * rowIn));
                }
            }
        }
    }
}
