using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Products of a long matrix with a vector and of two vectors: what a mask, one number per voxel, is to its features. Each is one sweep over
/// the matrix. The last register of a row ends with the row, so it may overlap the one before.
/// </summary>
internal sealed unsafe class VectorProduct(WorkerPool pool)
{
    private const int Lanes = 8;
    private const int Widest = 1024;

    /// <summary>Does the product if it is one of these: y (M, 1) = or += op(a) b, or y (M, N) = or += a (M, 1) b (1, N).</summary>
    public bool TryRun(in MatMulGeometry g, float* a, float* b, float* y, bool accumulate)
    {
        var width = g.K == 1 ? g.N : g.TransposeA ? g.M : g.K;
        var dense = g.LdB == 1 || (g.TransposeB ? g.N : g.K) == 1;
        if (g.Batch != 1 || width is < Lanes or > Widest || !dense || (g.K != 1 && (g.N != 1 || g.LdY != 1)) || (g.K == 1 && g.LdA != 1 && !g.TransposeA))
        {
            return false;
        }

        var (rows, step) = g.K == 1 ? (g.M, g.LdY) : (g.TransposeA ? g.K : g.M, g.LdA);
        if (g.K == 1)
        {
            FixedBlocks.Run(pool, rows, FixedBlocks.RowsPerBlock(width), new OuterJob(y, step, width, a, b, accumulate));
        }
        else if (g.TransposeA)
        {
            Combine(a, step, width, b, rows, y, accumulate);
        }
        else
        {
            FixedBlocks.Run(pool, rows, FixedBlocks.RowsPerBlock(width), new DotsJob(a, step, width, b, y, accumulate));
        }

        return true;
    }

    /// <summary>x[r] = or += factors[r] v.</summary>
    private static void Outer(float* x, long step, int width, float* factors, float* v, long start, long end, bool accumulate)
    {
        for (var r = start; r < end; r++)
        {
            var row = x + (r * step);
            var factor = Vector256.Create(factors[r]);
            var rest = Vector256.MultiplyAddEstimate(factor, Vector256.Load(v + width - Lanes), accumulate ? Vector256.Load(row + width - Lanes) : default);
            for (var c = 0; c < width - Lanes; c += Lanes)
            {
                Vector256.MultiplyAddEstimate(factor, Vector256.Load(v + c), accumulate ? Vector256.Load(row + c) : default).Store(row + c);
            }

            rest.Store(row + width - Lanes);
        }
    }

    /// <summary>y[r] = or += x[r]·v.</summary>
    private static void Dots(float* x, long step, int width, float* v, float* y, long start, long end, bool accumulate)
    {
        var seen = Vector256.Create((Lanes - (width % Lanes)) % Lanes);
        var last = Vector256.Load(v + width - Lanes) & Vector256.GreaterThanOrEqual(Vector256<int>.Indices, seen).AsSingle();
        for (var r = start; r < end; r++)
        {
            var row = x + (r * step);
            var sum = last * Vector256.Load(row + width - Lanes);
            for (var c = 0; c < width - Lanes; c += Lanes)
            {
                sum = Vector256.MultiplyAddEstimate(Vector256.Load(v + c), Vector256.Load(row + c), sum);
            }

            y[r] = Vector256.Sum(sum) + (accumulate ? y[r] : 0);
        }
    }

    /// <summary>y = or += Σ_r factors[r] x[r]: blocks of rows in float, the blocks in double and in order.</summary>
    private void Combine(float* x, long step, int width, float* factors, long rows, float* y, bool accumulate)
    {
        var perBlock = FixedBlocks.RowsPerBlock(width);
        var blocks = FixedBlocks.Count(rows, perBlock);
        using var scratch = pool.Scratch.Borrow((long)blocks * width);
        var parts = scratch.Start;
        FixedBlocks.Run(pool, rows, perBlock, new CombineJob(x, step, width, factors, perBlock, parts));
        for (var c = 0; c < width; c++)
        {
            var sum = accumulate ? y[c] : 0.0;
            for (var block = 0; block < blocks; block++)
            {
                sum += parts[((long)block * width) + c];
            }

            y[c] = (float)sum;
        }
    }

    private static Vector256<float> Column(float* x, long step, float* factors, long start, long end)
    {
        Vector256<float> even = default, odd = default;
        var r = start;
        for (; r + 1 < end; r += 2)
        {
            even = Vector256.MultiplyAddEstimate(Vector256.Create(factors[r]), Vector256.Load(x + (r * step)), even);
            odd = Vector256.MultiplyAddEstimate(Vector256.Create(factors[r + 1]), Vector256.Load(x + ((r + 1) * step)), odd);
        }

        return r < end ? Vector256.MultiplyAddEstimate(Vector256.Create(factors[r]), Vector256.Load(x + (r * step)), even + odd) : even + odd;
    }

    private readonly struct OuterJob(float* x, long step, int width, float* factors, float* v, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end) => Outer(x, step, width, factors, v, start, end, accumulate);
    }

    private readonly struct DotsJob(float* x, long step, int width, float* v, float* y, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end) => Dots(x, step, width, v, y, start, end, accumulate);
    }

    private readonly struct CombineJob(float* x, long step, int width, float* factors, long perBlock, float* parts) : IBlockJob
    {
        public void Run(long start, long end)
        {
            var part = parts + (start / perBlock * width);
            for (var c = 0; c < width - Lanes; c += Lanes)
            {
                Column(x + c, step, factors, start, end).Store(part + c);
            }

            Column(x + width - Lanes, step, factors, start, end).Store(part + width - Lanes);
        }
    }
}
