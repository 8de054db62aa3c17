using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// dweight[i, j] += Σ_o x[o, i] dy[o, j] and dbias[j] += Σ_o dy[o, j] of a convolution of one tap and few channels, in one sweep over x and dy: slices
/// of their rows lie in the cache as they are while every tile of the weight passes, and between the tiles the next slice is fetched. A ticket is
/// one of a number of partial sums that only the geometry determines.
/// </summary>
internal readonly unsafe struct PointGradientJob : IWorkItems
{
    private const int RowsOfSlice = 192;
    private const int MostChannels = 128; // of x and dy together
    private const int MostPartials = 32;
    private const long FewestRows = 512;
    private const int FloatsOfLine = 16;

    private readonly float* x;
    private readonly float* dy;
    private readonly float* sums;
    private readonly int cin;
    private readonly int cout;
    private readonly long rows;
    private readonly int partials;

    private PointGradientJob(float* x, float* dy, int cin, int cout, long rows, int partials, float* sums)
    {
        (this.cin, this.cout, this.rows, this.partials) = (cin, cout, rows, partials);
        this.x = x;
        this.dy = dy;
        this.sums = sums;
    }

    /// <summary>Whole vectors of dy are read where they lie.</summary>
    public static bool Serves(int cin, int cout) => cin + cout <= MostChannels && cout % RegisterLoop.Unit == 0;

    /// <param name="dweight">(cin, cout).</param>
    /// <param name="dbias">(cout), or null.</param>
    public static void Run(WorkerPool pool, float* x, float* dy, int cin, int cout, long rows, float* dweight, float* dbias)
    {
        if (rows == 0)
        {
            return;
        }

        var partials = (int)Math.Clamp(rows / FewestRows, 1, MostPartials);
        using var scratch = pool.Scratch.Borrow(Length(cin, cout) * partials);
        pool.Run(partials, new PointGradientJob(x, dy, cin, cout, rows, partials, scratch.Start));
        PartialSums.Add(pool, scratch.Start, partials, Length(cin, cout));
        PartialSums.AddRun(scratch.Start, dweight, (long)cin * cout);
        if (dbias is not null)
        {
            PartialSums.AddRun(scratch.Start + ((long)cin * cout), dbias, cout);
        }
    }

    void IWorkItems.Run(int ticket)
    {
        var own = sums + (ticket * Length(cin, cout));
        var (first, last) = (rows * ticket / partials, rows * (ticket + 1) / partials);
        for (var row = first; row < last; row += RowsOfSlice)
        {
            Slice(row, (int)Math.Min(RowsOfSlice, last - row), (int)Math.Clamp(last - row - RowsOfSlice, 0, RowsOfSlice), own, row > first);
        }
    }

    private void Slice(long row, int count, int countOfNext, float* own, bool add)
    {
        nint origin = 0;
        float* inputs = x + (row * cin), gradients = dy + (row * cout);
        var operands = new TileOperands { RowStride = 1, StepA = cin, Groups = &origin, GroupCount = 1, Length = count, StepB = cout, NextPanel = Panels.Width };
        var (step, steps) = (0, Steps(cin) * ((cout + ColumnsOfTile - 1) / ColumnsOfTile));
        for (var column = 0; column < cout; column += ColumnsOfTile)
        {
            operands.B = gradients + column;
            for (var i = 0; i < cin; step++)
            {
                var tile = Microkernel.NextRows(cin - i);
                Fetch(inputs + ((long)count * cin), countOfNext * cin, step, steps);
                Fetch(gradients + ((long)count * cout), countOfNext * cout, step, steps);
                operands.A = inputs + i;
                Microkernel.Run(operands, tile, Math.Min(ColumnsOfTile, cout - column), own + ((nint)i * cout) + column, cout, add);
                i += tile;
            }
        }

        var bias = new BiasBody(gradients, cout, count, own + ((nint)cin * cout), add);
        RegisterLoop.Run(ref bias, cout);
    }

    private static int ColumnsOfTile => Microkernel.PanelsOfTile * Panels.Width;

    private static long Length(int cin, int cout) => (cin + 1L) * cout;

    private static int Steps(int rows)
    {
        var steps = 0;
        for (; rows > 0; rows -= Microkernel.NextRows(rows))
        {
            steps++;
        }

        return steps;
    }

    // One of so many equal parts of a run.
    private static void Fetch(float* source, int length, int step, int steps)
    {
        if (Sse.IsSupported)
        {
            var lines = length / FloatsOfLine;
            for (var line = lines * step / steps; line < lines * (step + 1) / steps; line++)
            {
                Sse.Prefetch1(source + (line * FloatsOfLine));
            }
        }
    }

    private readonly struct BiasBody(float* dy, nint cout, int rows, float* sum, bool add) : IRegisterBody
    {
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var (a, b, c, d) = (T.Of(0), T.Of(0), T.Of(0), T.Of(0));
            var source = dy + channel;
            var row = 0;
            for (; row <= rows - 4; row += 4, source += 4 * cout)
            {
                a += T.Load(source);
                b += T.Load(source + cout);
                c += T.Load(source + (2 * cout));
                d += T.Load(source + (3 * cout));
            }

            for (; row < rows; row++, source += cout)
            {
                a += T.Load(source);
            }

            var total = (a + b) + (c + d);
            (add ? T.Load(sum + channel) + total : total).Store(sum + channel);
        }
    }
}
