using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// y (+)= bias + a convolution of 3 x 3 x 3 taps by minimal convolutions: transformed input times transformed weight, a matrix product of
/// (tiles, Cin) by (Cin, Cout) at each of the points, transformed back. Slices of the depth follow one another, so that what a block of
/// tiles needs at a time fits the second-level cache. With enough blocks a ticket does one from end to end; otherwise the pool
/// shares out each step of it.
/// </summary>
/// <param name="moments">Takes the moments of the results of one sample, or null.</param>
internal sealed unsafe class WinogradPass<TDepth, TAxis>(
    WorkerPool pool, WinogradTiles<TDepth, TAxis> tiles, int cin, int cout, TileMoments? moments = null)
    where TDepth : struct, IWinogradDepth
    where TAxis : struct, IWinogradAxis
{
    private const int TilesOfTicket = TileMoments.TilesOfUnit;

    private readonly int points = WinogradTransform<TAxis>.Points;
    private readonly int panels = Panels.Count(cout);
    private float* x;
    private float* u;
    private float* bias;
    private float* y;
    private bool accumulate;

    private Extent3 InputSize => new(tiles.D.In, tiles.H.In, tiles.W.In);

    private nint PointFloats => (nint)panels * cin * Panels.Width;

    public void Run(float* input, in ConvWeight filter, float* offsets, float* output, bool add)
    {
        using var weights = pool.Scratch.Borrow(PointFloats * WinogradWeight<TDepth, TAxis>.Count);
        Transform(filter, weights.Start);
        Run(input, weights.Start, offsets, output, add);
    }

    private void Transform(ConvWeight filter, float* target) => pool.Run(panels, panel =>
    {
        using var packed = pool.Scratch.Borrow(27L * cin * Panels.Width);
        var first = panel * Panels.Width;
        filter.Pack(tiles.D, tiles.H, tiles.W, cin, first, Math.Min(Panels.Width, cout - first), packed.Start);
        WinogradWeight<TDepth, TAxis>.Transform(packed.Start, cin, target + ((nint)panel * cin * Panels.Width), PointFloats);
    });

    private void Run(float* input, float* transformed, float* offsets, float* output, bool add)
    {
        accumulate = add;
        x = input;
        u = transformed;
        bias = offsets;
        y = output;
        var blocks = (tiles.Count + WinogradTiles.OfBlock - 1) / WinogradTiles.OfBlock;
        if (blocks >= 4 * pool.Threads)
        {
            pool.Run(checked((int)blocks), block => Block(block * WinogradTiles.OfBlock, WinogradTiles.OfBlock));
            return;
        }

        for (var first = 0L; first < tiles.Count; first += WinogradTiles.OfSharedBlock)
        {
            SharedBlock(first, (int)Math.Min(WinogradTiles.OfSharedBlock, tiles.Count - first));
        }
    }

    // Products of a point overwrite the input of the point before it.
    private void Block(long first, int most)
    {
        var count = (int)Math.Min(most, tiles.Count - first);
        var slot = WinogradTiles.Slot(count, Math.Max(cin, cout));
        using var ring = pool.Scratch.Borrow(slot * (points + 1));
        var v = ring.Start + slot;
        var m = ring.Start;
        for (var slice = 0; slice < TDepth.Points; slice++)
        {
            Input(slice, first, count, v, slot);
            for (var point = 0; point < points; point++)
            {
                Multiply(slice, point, count, v + (point * slot), m + (point * slot));
            }

            Output(slice, first, count, m, slot);
        }
    }

    private void SharedBlock(long first, int count)
    {
        var (slotV, slotM) = (WinogradTiles.Slot(count, cin), WinogradTiles.Slot(count, cout));
        using var inputs = pool.Scratch.Borrow(slotV * points);
        using var products = pool.Scratch.Borrow(slotM * points);
        var v = inputs.Start;
        var m = products.Start;
        var tickets = (count + TilesOfTicket - 1) / TilesOfTicket;
        for (var s = 0; s < TDepth.Points; s++)
        {
            var slice = s;
            pool.Run(tickets, t => Input(slice, first + (t * TilesOfTicket), Math.Min(TilesOfTicket, count - (t * TilesOfTicket)), v + ((nint)t * TilesOfTicket * cin), slotV));
            pool.Run(points, point => Multiply(slice, point, count, v + (point * slotV), m + (point * slotM)));
            pool.Run(tickets, t => Output(slice, first + (t * TilesOfTicket), Math.Min(TilesOfTicket, count - (t * TilesOfTicket)), m + ((nint)t * TilesOfTicket * cout), slotM));
        }
    }

    private void Input(int slice, long first, int count, float* v, nint slot)
    {
        var (a, b, factor) = TDepth.InputPlanes(slice);
        using var copy = pool.Scratch.Borrow(2L * TAxis.Patch * TAxis.Patch * cin);
        for (var t = 0; t < count; t++, v += cin)
        {
            var (n, d, h, w) = tiles.Patch(first + t);
            var patch = WinogradPatch.Of(x + (n * InputSize.Count * cin), InputSize, cin, d + a, d + b, h, w, TAxis.Patch, copy.Start);
            WinogradTransform<TAxis>.Input(patch, factor, cin, v, slot);
        }
    }

    private void Multiply(int slice, int point, int count, float* v, float* m)
    {
        nint origin = 0;
        var panelFloats = (nint)cin * Panels.Width;
        var operands = new TileOperands { RowStride = cin, StepA = 1, Groups = &origin, GroupCount = 1, Length = cin, StepB = Panels.Width, NextPanel = panelFloats };
        for (var panel = 0; panel < panels; panel += Microkernel.PanelsOfTile)
        {
            operands.B = u + (WinogradWeight<TDepth, TAxis>.Of(slice, point) * PointFloats) + (panel * panelFloats);
            var column = panel * Panels.Width;
            var columns = Math.Min(Microkernel.PanelsOfTile * Panels.Width, cout - column);
            for (var row = 0; row < count;)
            {
                var rows = Microkernel.NextRows(count - row);
                operands.A = v + ((nint)row * cin);
                Microkernel.Run(operands, rows, columns, m + ((nint)row * cout) + column, cout, false);
                row += rows;
            }
        }
    }

    private void Output(int slice, long first, int count, float* m, nint slot)
    {
        using var results = pool.Scratch.Borrow((long)TAxis.Outputs * TAxis.Outputs * cout);
        for (var t = 0; t < count; t++, m += cout)
        {
            WinogradTransform<TAxis>.Output(m, slot, cout, results.Start);
            var (n, d, h, w) = tiles.Results(first + t);
            for (var plane = 0; plane < Planes(d); plane++)
            {
                var sign = TDepth.OutputSign(slice, plane);
                if (sign != 0)
                {
                    Add(IsFirst(slice, plane), sign, results.Start, n, d + plane, h, w);
                }
            }
        }

        if (slice == TDepth.Points - 1 && moments is not null)
        {
            for (var t = 0; t < count; t += TileMoments.TilesOfUnit)
            {
                TakeMoments(first + t, Math.Min(TileMoments.TilesOfUnit, count - t));
            }
        }
    }

    private static bool IsFirst(int slice, int plane)
    {
        for (var s = 0; s < slice; s++)
        {
            if (TDepth.OutputSign(s, plane) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private int Planes(int d) => Math.Min(TDepth.Outputs, tiles.D.Count - d);

    private int Rows(int h) => Math.Min(TAxis.Outputs, tiles.H.Count - h);

    private int Columns(int w) => Math.Min(TAxis.Outputs, tiles.W.Count - w);

    private float* Result(int n, int d, int h, int w)
    {
        var depth = ((long)n * tiles.D.OutSize) + d + tiles.D.OutOrigin;
        return y + (((((depth * tiles.H.OutSize) + h + tiles.H.OutOrigin) * tiles.W.OutSize) + w + tiles.W.OutOrigin) * cout);
    }

    // The first slice of a plane writes, the others add.
    private void Add(bool isFirst, int sign, float* results, int n, int d, int h, int w)
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
    private void TakeMoments(long first, int count)
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

        moments!.Take(first / TileMoments.TilesOfUnit, voxels[..used]);
    }

    private readonly struct AddBody(float* source, float* target, float sign) : IRegisterBody
    {
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T> =>
            T.MultiplyAdd(T.Of(sign), T.Load(source + channel), T.Load(target + channel)).Store(target + channel);
    }

    private readonly struct WriteBody(float* source, float* target, float* bias) : IRegisterBody
    {
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var value = T.Load(source + channel);
            (bias is null ? value : value + T.Load(bias + channel)).Store(target + channel);
        }
    }
}
