using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// A reduction over x (Outer, Length, Inner) per line along Length; sums in double. A team of threads has one line; where Inner is more than 1,
/// it is a single thread, whose neighbours have the neighbouring lines.
/// </summary>
public static class ReductionKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Sum(ArrayView<float> x, ArrayView<float> y, long length, long inner, int teamSize, int accumulate)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        var sum = team.Sum(line.Sum(x, team));
        if (line.IsWritten(team))
        {
            y[team.Line] = (float)(accumulate != 0 ? y[team.Line] + sum : sum);
        }
    }

    /// <summary>dx += dy, repeated along Length.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void SumBackward(ArrayView<float> dy, ArrayView<float> dx, long length, long inner)
    {
        for (var i = Threads.Index; i < dx.Length; i += Threads.Count)
        {
            var row = inner == 1 ? i : FastDivision.Of(i, inner);
            dx[i] += dy[(FastDivision.Of(row, length) * inner) + (i - (row * inner))];
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Max(ArrayView<float> x, ArrayView<float> y, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        var largest = team.Max(line.Max(x, team));
        if (line.IsWritten(team))
        {
            y[team.Line] = largest;
        }
    }

    /// <summary>The first maximum takes the gradient.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void MaxBackward(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> y, ArrayView<float> dx, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        var first = int.MaxValue;
        for (var i = team.Lane; i < line.Length && first == int.MaxValue; i += team.Size)
        {
            first = x[line.At(i)] == y[team.Line] ? i : first;
        }

        var firstOfAll = team.Min(first);
        if (firstOfAll == first && first < line.Length)
        {
            dx[line.At(first)] += dy[team.Line];
        }
    }

    /// <summary>The mean first, then the squares about it.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Variance(ArrayView<float> x, ArrayView<float> y, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        var mean = team.Sum(line.Sum(x, team)) / length;
        var squares = 0.0;
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            var distance = x[line.At(i)] - mean;
            squares += distance * distance;
        }

        squares = team.Sum(squares);
        if (line.IsWritten(team))
        {
            y[team.Line] = (float)(squares / (length - 1));
        }
    }

    /// <summary>dx += dy 2 (x - mean) / (length - 1).</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void VarianceBackward(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dx, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, dy.Length, length, inner);
        var mean = team.Sum(line.Sum(x, team)) / length;
        var factor = line.Length > 0 ? 2.0 * dy[team.Line] / (length - 1) : 0;
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            dx[line.At(i)] += (float)(factor * (x[line.At(i)] - mean));
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void LogSumExp(ArrayView<float> x, ArrayView<float> y, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        var shift = Finite(team.Max(line.Max(x, team)));
        var sum = team.Sum(line.SumExp(x, shift, team));
        if (line.IsWritten(team))
        {
            y[team.Line] = shift + GpuLane.Log((float)sum);
        }
    }

    /// <summary>dx += dy exp(x - y).</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void LogSumExpBackward(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> y, ArrayView<float> dx, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, y.Length, length, inner);
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            dx[line.At(i)] += dy[team.Line] * GpuLane.Exp(x[line.At(i)] - y[team.Line]);
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Softmax(ArrayView<float> x, ArrayView<float> y, long lines, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, lines, length, inner);
        var shift = Finite(team.Max(line.Max(x, team)));
        var scale = (float)(1 / team.Sum(line.SumExp(x, shift, team)));
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            y[line.At(i)] = GpuLane.Exp(x[line.At(i)] - shift) * scale;
        }
    }

    /// <summary>dx += y (dy - Σ dy y).</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void SoftmaxBackward(ArrayView<float> dy, ArrayView<float> y, ArrayView<float> dx, long lines, long length, long inner, int teamSize)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, lines, length, inner);
        var dot = 0.0;
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            dot += (double)dy[line.At(i)] * y[line.At(i)];
        }

        var total = (float)team.Sum(dot);
        for (long i = team.Lane; i < line.Length; i += team.Size)
        {
            dx[line.At(i)] += y[line.At(i)] * (dy[line.At(i)] - total);
        }
    }

    /// <summary>As many elements as the team has threads at a time; all teams of a warp go round equally often.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void CumulativeSum(ArrayView<float> x, ArrayView<float> y, long lines, long length, long inner, int teamSize, int reverse, int accumulate)
    {
        var team = new WarpTeam(teamSize);
        var line = new ReductionLine(team.Line, lines, length, inner);
        var before = 0.0;
        for (long start = 0; start < length; start += team.Size)
        {
            var i = start + team.Lane;
            var at = line.At(reverse != 0 ? length - 1 - i : i);
            var isInside = i < line.Length;
            var sum = before + team.Scan(isInside ? x[at] : 0.0);
            before = team.Last(sum);
            if (isInside)
            {
                y[at] = (float)(accumulate != 0 ? y[at] + sum : sum);
            }
        }
    }

    // A line of nothing but -infinity must not become infinity - infinity.
    private static float Finite(float shift) => MathF.Abs(shift) < float.PositiveInfinity ? shift : 0;
}
