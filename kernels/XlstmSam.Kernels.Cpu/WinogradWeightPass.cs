namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// dweight += the gradient of a convolution of 3 x 3 x 3 taps and step 1 by the adjoint of F(2, m, m): at each point a product of the
/// transformed input, transposed, with the transformed gradient, summed over all tiles, and one transform back at the end. Blocks of tiles
/// are shared out to a number of partial sums that only the geometry determines; these are added pairwise. A ticket is one partial sum,
/// or one slice of the depth of it.
/// </summary>
internal sealed unsafe class WinogradWeightPass<TAxis>(WorkerPool pool, WinogradTiles tiles, int cin, int cout)
    where TAxis : struct, IWinogradAxis
{
    public const int MostPartials = 16;
    public const long PartialFloats = 16 << 20;

    private const int BlocksOfChunk = 4; // whose input is still in the cache when the next slice reads it

    private readonly int points = WinogradTransform<TAxis>.Points;
    private readonly long blocks = (tiles.Count + WinogradTiles.OfBlock - 1) / WinogradTiles.OfBlock;
    private float* x;
    private float* dy;
    private float* sums;
    private int partials;
    private int slicesOfTicket;

    private long Products => (long)cin * cout;

    private long Length => WinogradWeight<TAxis>.Points * Products;

    /// <param name="target">(27, cin, cout).</param>
    public void Run(float* input, float* gradient, float* target)
    {
        x = input;
        dy = gradient;
        partials = (int)Math.Min(blocks, Math.Clamp(PartialFloats / Length, 1, MostPartials));
        using var scratch = pool.Scratch.Borrow(Length * partials);
        sums = scratch.Start;
        slicesOfTicket = partials >= 4 * pool.Threads ? WinogradTiles.Slices : 1;
        pool.Run(partials * WinogradTiles.Slices / slicesOfTicket, Ticket);
        PartialSums.Add(pool, sums, partials, Length);
        pool.Run(cin, i => WinogradWeight<TAxis>.AddGradient(sums + ((nint)i * cout), (nint)Products, cout, target + ((nint)i * cout), (nint)Products));
    }

    private void Ticket(int ticket)
    {
        var (partial, part) = Math.DivRem(ticket, WinogradTiles.Slices / slicesOfTicket);
        var (slotV, slotZ) = (WinogradTiles.Slot(WinogradTiles.OfBlock, cin), WinogradTiles.Slot(WinogradTiles.OfBlock, cout));
        using var inputs = pool.Scratch.Borrow(slotV * points);
        using var gradients = pool.Scratch.Borrow(slotZ * points);
        using var copy = pool.Scratch.Borrow(2L * points * Math.Max(cin, cout));
        var (first, last) = (blocks * partial / partials, blocks * (partial + 1) / partials);
        for (var chunk = first; chunk < last; chunk += BlocksOfChunk)
        {
            for (var slice = part * slicesOfTicket; slice < (part + 1) * slicesOfTicket; slice++)
            {
                var sum = sums + (partial * Length) + (slice * points * Products);
                for (var block = chunk; block < Math.Min(last, chunk + BlocksOfChunk); block++)
                {
                    var count = (int)Math.Min(WinogradTiles.OfBlock, tiles.Count - (block * WinogradTiles.OfBlock));
                    for (var t = 0; t < count; t++)
                    {
                        var (n, d, h, w) = tiles[(block * WinogradTiles.OfBlock) + t];
                        Input(slice, n, d, h, w, inputs.Start + ((nint)t * cin), slotV, copy.Start);
                        Gradient(slice, n, d, h, w, gradients.Start + ((nint)t * cout), slotZ, copy.Start);
                    }

                    for (var point = 0; point < points; point++)
                    {
                        Multiply(inputs.Start + (point * slotV), gradients.Start + (point * slotZ), count, sum + (point * Products), block > first);
                    }
                }
            }
        }
    }

    private void Input(int slice, int n, int d, int h, int w, float* v, nint slot, float* copy)
    {
        var (a, b, factor) = WinogradTiles.InputPlanes(slice);
        var size = new Extent3(tiles.D.In, tiles.H.In, tiles.W.In);
        var origin = d + tiles.D.InOrigin;
        var patch = WinogradPatch.Of(
            x + (n * size.Count * cin), size, cin, origin + a, origin + b, h + tiles.H.InOrigin, w + tiles.W.InOrigin, TAxis.Points, copy);
        WinogradTransform<TAxis>.Input(patch, factor, cin, v, slot);
    }

    private void Gradient(int slice, int n, int d, int h, int w, float* z, nint slot, float* copy)
    {
        var (a, b, factor) = WinogradTiles.GradientPlanes(slice);
        var size = new Extent3(tiles.D.Count, tiles.H.Count, tiles.W.Count);
        var patch = WinogradPatch.Of(dy + (n * size.Count * cout), size, cout, d + a, d + b, h, w, TAxis.Outputs, copy);
        WinogradTransform<TAxis>.OutputGradient(patch, factor, cout, z, slot);
    }

    private void Multiply(float* v, float* z, int count, float* sum, bool add)
    {
        nint origin = 0;
        var operands = new TileOperands { RowStride = 1, StepA = cin, Groups = &origin, GroupCount = 1, Length = count, StepB = cout, NextPanel = Panels.Width };
        for (var column = 0; column < cout; column += Microkernel.PanelsOfTile * Panels.Width)
        {
            operands.B = z + column;
            for (var row = 0; row < cin;)
            {
                var rows = Microkernel.NextRows(cin - row);
                operands.A = v + row;
                Microkernel.Run(operands, rows, Math.Min(Microkernel.PanelsOfTile * Panels.Width, cout - column), sum + ((nint)row * cout) + column, cout, add);
                row += rows;
            }
        }
    }
}
