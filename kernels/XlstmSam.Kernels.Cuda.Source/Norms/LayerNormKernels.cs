using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// A team of threads per run of width elements, one of each (row, group). A run is swept from the first-level cache again and again; only the
/// first sweep reaches memory.
/// </summary>
public static class LayerNormKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Forward<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> mean, ArrayView<float> rstd, int groups, int width, int teamSize, float epsilon, float scaleOffset)
        where TAccess : struct, IQuadAccess
    {
        var team = new WarpTeam(teamSize);
        var run = new Run(team.Line, mean.Length, groups, width);
        var sum = 0f;
        for (var i = 4 * team.Lane; i < run.Width; i += 4 * team.Size)
        {
            sum += Total(TAccess.Load(x, run.Start + i, run.Valid(i)));
        }

        // About a centre that is nearly the mean, whose own rounding the second sweep takes out.
        var centre = team.Sum(sum) / width;
        float deviations = 0, squares = 0;
        for (var i = 4 * team.Lane; i < run.Width; i += 4 * team.Size)
        {
            var d = TAccess.Only(TAccess.Load(x, run.Start + i, run.Valid(i)) - new Float4(centre, centre, centre, centre), run.Valid(i));
            deviations += Total(d);
            squares += Total(d * d);
        }

        var shift = team.Sum(deviations) / width;
        var variance = (team.Sum(squares) / width) - (shift * shift);
        var inverse = 1 / MathF.Sqrt((variance > 0 ? variance : 0) + epsilon);
        var average = centre + shift;
        for (var i = 4 * team.Lane; i < run.Width; i += 4 * team.Size)
        {
            var valid = run.Valid(i);
            var xhat = (TAccess.Load(x, run.Start + i, valid) - new Float4(average, average, average, average)) * inverse;
            var scale = TAccess.Load(weight, run.Column + i, valid) + new Float4(scaleOffset, scaleOffset, scaleOffset, scaleOffset);
            TAccess.Store(y, run.Start + i, valid, (xhat * scale) + (bias.Length > 0 ? TAccess.Load(bias, run.Column + i, valid) : default));
        }

        if (run.Width > 0 && team.Lane == 0)
        {
            mean[team.Line] = average;
            rstd[team.Line] = inverse;
        }
    }

    /// <summary>With g = dy (scaleOffset + weight): dx += rstd (g - mean(g) - xhat mean(g xhat)).</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Gradient<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> dy, ArrayView<float> x, ArrayView<float> weight, ArrayView<float> mean, ArrayView<float> rstd, ArrayView<float> dx, int groups, int width, int teamSize, float scaleOffset)
        where TAccess : struct, IQuadAccess
    {
        var team = new WarpTeam(teamSize);
        var run = new Run(team.Line, mean.Length, groups, width);
        var (average, inverse) = run.Width > 0 ? (mean[team.Line], rstd[team.Line]) : (0, 0);
        var (centre, offset) = (new Float4(average, average, average, average), new Float4(scaleOffset, scaleOffset, scaleOffset, scaleOffset));
        float sum = 0, product = 0;
        for (var i = 4 * team.Lane; i < run.Width; i += 4 * team.Size)
        {
            var valid = run.Valid(i);
            var g = TAccess.Load(dy, run.Start + i, valid) * (TAccess.Load(weight, run.Column + i, valid) + offset);
            sum += Total(g);
            product += Total(g * ((TAccess.Load(x, run.Start + i, valid) - centre) * inverse));
        }

        var meanGradient = team.Sum(sum) / width;
        var meanProduct = team.Sum(product) / width;
        var shift = new Float4(meanGradient, meanGradient, meanGradient, meanGradient);
        for (var i = 4 * team.Lane; i < run.Width; i += 4 * team.Size)
        {
            var valid = run.Valid(i);
            var g = TAccess.Load(dy, run.Start + i, valid) * (TAccess.Load(weight, run.Column + i, valid) + offset);
            var xhat = (TAccess.Load(x, run.Start + i, valid) - centre) * inverse;
            TAccess.Store(dx, run.Start + i, valid, TAccess.Load(dx, run.Start + i, valid) + ((g - shift - (xhat * meanProduct)) * inverse));
        }
    }

    /// <summary>Σ dy and Σ dy xhat over the rows of a block, to partial (1, Shares, 2, Channels).</summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Sums<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> dy, ArrayView<float> x, ArrayView<float> mean, ArrayView<float> rstd, ArrayView<float> partial, QuadPlan plan, int groups, int width)
        where TAccess : struct, IQuadAccess
    {
        var room = SharedMemory.Allocate<Float4>(QuadPlan.BlockSize);
        var own = new QuadColumn(plan);

        // The groups of the four columns; invalid ones read the group of the first.
        int g0 = 0, g1 = 0, g2 = 0, g3 = 0;
        if (own.Valid > 0)
        {
            g0 = own.First / width;
            g1 = own.Valid > 1 ? (own.First + 1) / width : g0;
            g2 = own.Valid > 2 ? (own.First + 2) / width : g0;
            g3 = own.Valid > 3 ? (own.First + 3) / width : g0;
        }

        Float4 sum = default, product = default;
        var at = own.First + (own.Row * plan.Columns);
        for (var row = own.Row; row < own.EndRow; row += own.Step, at += (long)own.Step * plan.Columns)
        {
            var line = row * groups;
            var average = new Float4(mean[line + g0], mean[line + g1], mean[line + g2], mean[line + g3]);
            var inverse = new Float4(rstd[line + g0], rstd[line + g1], rstd[line + g2], rstd[line + g3]);
            var gradient = TAccess.Load(dy, at, own.Valid);
            sum += gradient;
            product += gradient * ((TAccess.Load(x, at, own.Valid) - average) * inverse);
        }

        sum = own.Fold(room, sum);
        product = own.Fold(room, product);
        if (own.IsFirst)
        {
            TAccess.Store(partial, own.Partial, own.Valid, sum);
            TAccess.Store(partial, own.Partial + plan.Columns, own.Valid, product);
        }
    }

    private static float Total(Float4 a) => (a.X + a.Y) + (a.Z + a.W);

    /// <summary>Where a run lies; beyond the last it is empty.</summary>
    private readonly struct Run
    {
        public Run(long line, long lines, int groups, int width)
        {
            Width = line < lines ? width : 0;
            Start = line * width;
            Column = groups == 1 ? 0 : (int)(line - (FastDivision.Of(line, groups) * groups)) * width;
        }

        public int Width { get; }

        public long Start { get; }

        /// <summary>Of the weight.</summary>
        public int Column { get; }

        public int Valid(int i) => Width - i < 4 ? Width - i : 4;
    }
}
