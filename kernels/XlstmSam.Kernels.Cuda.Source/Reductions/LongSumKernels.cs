using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Sums of few long lines in two steps: blocks take shares of a line, then a team adds up the shares. All in double.</summary>
public static class LongSumKernels
{
    private const int BlockSize = 256;

    /// <summary>What is added of each element.</summary>
    public interface ITerm
    {
        static abstract double Of(double x);
    }

    /// <summary>
    /// A block sums elements [share y, share (y + 1)) of up to 256 neighbouring lines (lanes, a power of two); groups of lines lie side by side
    /// in the grid, then the outer index.
    /// </summary>
    /// <param name="partial">(Shares, Outer, Inner), doubles.</param>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Shares<[Instances(typeof(Value), typeof(SquaredValue))] TTerm>(ArrayView<float> x, ArrayView<float> partial, long length, long inner, long share, int lanes, int groups)
        where TTerm : struct, ITerm
    {
        var sums = SharedMemory.Allocate<double>(BlockSize);
        var outer = Grid.IdxX / groups;
        var line = ((long)(Grid.IdxX - (outer * groups)) * lanes) + (Group.IdxX & (lanes - 1));
        var sum = 0.0;
        if (line < inner)
        {
            var end = (Grid.IdxY + 1) * share < length ? (Grid.IdxY + 1) * share : length;
            for (var i = (Grid.IdxY * share) + (Group.IdxX / lanes); i < end; i += BlockSize / lanes)
            {
                sum += TTerm.Of(x[(((outer * length) + i) * inner) + line]);
            }
        }

        sums[Group.IdxX] = sum;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset >= lanes; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                sums[Group.IdxX] += sums[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        if (Group.IdxX < lanes && line < inner)
        {
            long lines = Grid.DimX / groups * inner;
            partial.Cast<double>()[(Grid.IdxY * lines) + (outer * inner) + line] = sums[Group.IdxX];
        }
    }

    /// <summary>A warp per line adds its shares.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Finish(ArrayView<float> partial, ArrayView<float> y, int shares, int accumulate)
    {
        var team = new WarpTeam(32);
        var sum = 0.0;
        for (var share = team.Lane; share < shares && team.Line < y.Length; share += team.Size)
        {
            sum += partial.Cast<double>()[(share * y.Length) + team.Line];
        }

        sum = team.Sum(sum);
        if (team.Line < y.Length && team.Lane == 0)
        {
            y[team.Line] = (float)(accumulate != 0 ? y[team.Line] + sum : sum);
        }
    }

    public readonly struct Value : ITerm
    {
        public static double Of(double x) => x;
    }

    public readonly struct SquaredValue : ITerm
    {
        public static double Of(double x) => x * x;
    }
}
