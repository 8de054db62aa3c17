using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// y (+)= bias + a convolution of 3 x 3 x 3 taps by minimal convolutions: transformed input times transformed weight, a matrix product of
/// (tiles, Cin) by (Cin, Cout) at each of the points, transformed back. Slices of the depth follow one another, so that what a block of
/// tiles needs at a time fits the second-level cache. With enough blocks a ticket does one from end to end; otherwise the pool
/// shares out each step of it.
/// </summary>
/// <param name="moments">Takes the moments of the results of one sample, if anybody asks for them.</param>
internal unsafe partial struct WinogradPass<TDepth, TAxis>(
    WorkerPool pool, WinogradTiles<TDepth, TAxis> tiles, int cin, int cout, TileMoments moments = default)
    where TDepth : struct, IWinogradDepth
    where TAxis : struct, IWinogradAxis
{
    private const int TilesOfTicket = TileMoments.TilesOfUnit;

    private readonly int inputs = WinogradPlane<TAxis>.Inputs;
    private readonly int sums = WinogradPlane<TAxis>.Sums;
    private readonly int panels = Panels.Count(cout);
    private readonly nint weightFloats = WinogradTiles.Slot(Panels.Count(cout), cin * Panels.Width);
    private float* x = null;
    private float* u = null;
    private float* bias = null;
    private float* y = null;
    private bool accumulate = false;

    private readonly int InputChannels => cin;

    private readonly int OutputChannels => cout;

    private readonly Extent3 InputSize => new(tiles.D.In, tiles.H.In, tiles.W.In);

    public void Run(float* input, in ConvWeight filter, float* offsets, float* output, bool add)
    {
        using var weights = pool.Scratch.Borrow(weightFloats * WinogradWeight<TDepth, TAxis>.Count);
        x = input;
        u = weights.Start;
        bias = offsets;
        y = output;
        accumulate = add;
        pool.Run(panels, new TransformJob(this, filter));
        RunBlocks();
    }

    private readonly void Transform(in ConvWeight filter, int panel)
    {
        using var packed = pool.Scratch.Borrow(27L * cin * Panels.Width);
        var first = panel * Panels.Width;
        filter.Pack(tiles.D, tiles.H, tiles.W, cin, first, Math.Min(Panels.Width, cout - first), packed.Start);
        WinogradWeight<TDepth, TAxis>.Transform(packed.Start, cin, u + ((nint)panel * cin * Panels.Width), weightFloats);
    }

    private readonly void RunBlocks()
    {
        var blocks = (tiles.Count + WinogradTiles.OfBlock - 1) / WinogradTiles.OfBlock;
        if (blocks >= 4 * pool.Threads)
        {
            pool.Run(checked((int)blocks), new BlockJob(this));
            return;
        }

        for (var first = 0L; first < tiles.Count; first += WinogradTiles.OfSharedBlock)
        {
            SharedBlock(first, (int)Math.Min(WinogradTiles.OfSharedBlock, tiles.Count - first));
        }
    }

    private readonly void Block(long first, int most)
    {
        var count = (int)Math.Min(most, tiles.Count - first);
        var widest = WinogradTiles.Slot(count, Math.Max(cin, cout));
        var (slotV, slotM, start) = IsRing
            ? (widest, widest, widest)
            : (WinogradTiles.Slot(count, cin), WinogradTiles.Slot(count, cout), sums * WinogradTiles.Slot(count, cout));
        using var ring = pool.Scratch.Borrow(start + (slotV * inputs));
        var v = ring.Start + start;
        var m = ring.Start;
        for (var slice = 0; slice < TDepth.Products; slice++)
        {
            if (ReadsInput(slice))
            {
                Input(TDepth.Product(slice).Input, first, count, v, slotV);
            }

            for (var sum = 0; sum < sums; sum++)
            {
                for (var panel = 0; panel < panels; panel += Microkernel.PanelsOfTile)
                {
                    Multiply(slice, sum, panel, count, v, slotV, m, slotM);
                }
            }

            if (EndsSum(slice))
            {
                Output(TDepth.Product(slice).Sum, first, count, m, slotM);
            }
        }
    }

    private readonly void SharedBlock(long first, int count)
    {
        var (slotV, slotM) = (WinogradTiles.Slot(count, cin), WinogradTiles.Slot(count, cout));
        using var inputSlots = pool.Scratch.Borrow(slotV * inputs);
        using var sumSlots = pool.Scratch.Borrow(slotM * sums);
        var v = inputSlots.Start;
        var m = sumSlots.Start;
        var tickets = (count + TilesOfTicket - 1) / TilesOfTicket;
        var panelTiles = (panels + Microkernel.PanelsOfTile - 1) / Microkernel.PanelsOfTile;
        for (var slice = 0; slice <= TDepth.Products; slice++)
        {
            pool.Run(tickets, new BetweenSlicesJob(this, slice, first, count, v, slotV, m, slotM));
            if (slice < TDepth.Products)
            {
                pool.Run(sums * panelTiles, new ProductsJob(this, slice, panelTiles, count, v, slotV, m, slotM));
            }
        }
    }

    /// <summary>Some tiles of a shared block: the results of the slice before, then the inputs of this one.</summary>
    private readonly void BetweenSlices(int slice, long first, int count, float* v, nint slotV, float* m, nint slotM)
    {
        if (slice > 0 && EndsSum(slice - 1))
        {
            Output(TDepth.Product(slice - 1).Sum, first, count, m, slotM);
        }

        if (slice < TDepth.Products && ReadsInput(slice))
        {
            Input(TDepth.Product(slice).Input, first, count, v, slotV);
        }
    }

    // A sum may overwrite the input of the sum before it where each has one product of its own.
    private static bool IsRing => TDepth.Inputs == TDepth.Products && TDepth.Sums == TDepth.Products && TAxis.Inputs == TAxis.Products
        && TAxis.Sums == TAxis.Products;

    private static bool ReadsInput(int slice) => slice == 0 || TDepth.Product(slice - 1).Input != TDepth.Product(slice).Input;

    private static bool BeginsSum(int slice) => slice == 0 || TDepth.Product(slice - 1).Sum != TDepth.Product(slice).Sum;

    private static bool EndsSum(int slice) => slice == TDepth.Products - 1 || BeginsSum(slice + 1);

    private readonly void Input(int input, long first, int count, float* v, nint slot)
    {
        var (a, b, factor) = TDepth.InputPlanes(input);
        using var copy = pool.Scratch.Borrow(2L * TAxis.Patch * TAxis.Patch * cin);
        for (var t = 0; t < count; t++, v += cin)
        {
            var (n, d, h, w) = tiles.Patch(first + t);
            var patch = WinogradPatch.Of(x + (n * InputSize.Count * cin), InputSize, cin, d + a, d + b, h, w, TAxis.Patch, copy.Start);
            WinogradTransform<TAxis>.Input(patch, factor, cin, v, slot);
        }
    }

    private readonly void Multiply(int slice, int sum, int panel, int count, float* v, nint slotV, float* m, nint slotM)
    {
        nint origin = 0;
        var panelFloats = (nint)cin * Panels.Width;
        var operands = new TileOperands
        {
            RowStride = cin,
            StepA = 1,
            Groups = &origin,
            GroupCount = 1,
            Length = cin,
            StepB = Panels.Width,
            NextPanel = panelFloats,
        };
        var column = panel * Panels.Width;
        var columns = Math.Min(Microkernel.PanelsOfTile * Panels.Width, cout - column);
        var results = m + (sum * slotM) + column;
        var first = WinogradPlane<TAxis>.Starts[sum];
        for (var index = first; index < WinogradPlane<TAxis>.Starts[sum + 1]; index++)
        {
            var product = WinogradPlane<TAxis>.Products[index];
            var weight = (TDepth.Product(slice).Weight * WinogradPlane<TAxis>.Weights) + product.Weight;
            operands.B = u + (weight * weightFloats) + (panel * panelFloats);
            var add = index > first || !BeginsSum(slice);
            operands.A = v + (product.Input * slotV);
            Microkernel.Run(operands, count, columns, results, cout, add);
        }
    }

    private readonly void Output(int sum, long first, int count, float* m, nint slot)
    {
        using var results = pool.Scratch.Borrow((long)TAxis.Outputs * TAxis.Outputs * cout);
        for (var t = 0; t < count; t++, m += cout)
        {
            WinogradTransform<TAxis>.Output(m, slot, cout, results.Start);
            var (n, d, h, w) = tiles.Results(first + t);
            for (var plane = 0; plane < Planes(d); plane++)
            {
                var sign = TDepth.OutputSign(sum, plane);
                if (sign != 0)
                {
                    Add(IsFirst(sum, plane), sign, results.Start, n, d + plane, h, w);
                }
            }
        }

        if (sum == TDepth.Sums - 1 && !moments.IsNone)
        {
            for (var t = 0; t < count; t += TileMoments.TilesOfUnit)
            {
                TakeMoments(first + t, Math.Min(TileMoments.TilesOfUnit, count - t));
            }
        }
    }

    private static bool IsFirst(int sum, int plane)
    {
        for (var s = 0; s < sum; s++)
        {
            if (TDepth.OutputSign(s, plane) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private readonly int Planes(int d) => Math.Min(TDepth.Outputs, tiles.D.Count - d);

    private readonly int Rows(int h) => Math.Min(TAxis.Outputs, tiles.H.Count - h);

    private readonly int Columns(int w) => Math.Min(TAxis.Outputs, tiles.W.Count - w);

    private readonly float* Result(int n, int d, int h, int w)
    {
        var depth = ((long)n * tiles.D.OutSize) + d + tiles.D.OutOrigin;
        return y + (((((depth * tiles.H.OutSize) + h + tiles.H.OutOrigin) * tiles.W.OutSize) + w + tiles.W.OutOrigin) * cout);
    }

    // The first sum of a plane writes, the others add.
    private readonly void Add(bool isFirst, int sign, float* results, int n, int d, int h, int w)
    {
        var columns = Columns(w);
        for (var i = 0; i < Rows(h); i++)
        {
            var row = Result(n, d, h + i, w);
            var source = results + ((nint)i * TAxis.Outputs * cout);
            if (!isFirst || accumulate)
            {
                var body = new AddBody(source, row, sign);
                RegisterLoop.Run(ref body, columns * cout);
            }
            else
            {
                for (var j = 0; j < columns; j++)
                {
                    var body = new WriteBody(source + (j * cout), row + (j * cout), bias);
                    RegisterLoop.Run(ref body, cout);
                }
            }
        }
    }

    [SkipLocalsInit]
    private readonly void TakeMoments(long first, int count)
    {
        Span<nint> voxels = stackalloc nint[TileMoments.TilesOfUnit * TDepth.Outputs * TAxis.Outputs * TAxis.Outputs];
        var used = 0;
        for (var t = first; t < first + count; t++)
        {
            var (n, d, h, w) = tiles.Results(t);
            for (var plane = 0; plane < Planes(d); plane++)
            {
                for (var i = 0; i < Rows(h); i++)
                {
                    var row = Result(n, d + plane, h + i, w);
                    for (var j = 0; j < Columns(w); j++)
                    {
                        voxels[used++] = (nint)(row + (j * cout));
                    }
                }
            }
        }

        moments.Take(first / TileMoments.TilesOfUnit, voxels[..used]);
    }
}
