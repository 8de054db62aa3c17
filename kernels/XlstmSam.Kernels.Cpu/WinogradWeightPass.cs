namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// dweight += the gradient of a convolution of 3 x 3 x 3 taps by the adjoint of a minimal one: at each point a product of the
/// transformed input, transposed, with the transformed gradient, summed over all tiles, and one transform back at the end. Blocks of tiles
/// are shared out to a number of partial sums that only the geometry determines; these are added pairwise. A ticket is one partial sum,
/// or the part of it that belongs to one transformed tap of the depth.
/// </summary>
internal sealed unsafe class WinogradWeightPass<TDepth, TAxis>(WorkerPool pool, WinogradTiles<TDepth, TAxis> tiles, int cin, int cout)
    where TDepth : struct, IWinogradDepth, IWinogradAdjoint
    where TAxis : struct, IWinogradAdjoint
{
    private const int BlocksOfChunk = 4; // whose input is still in the cache when the next slice reads it

    private readonly int points = WinogradTransform<TAxis>.Points;
    private readonly long blocks = (tiles.Count + WinogradTiles.OfBlock - 1) / WinogradTiles.OfBlock;
    private float* x;
    private float* dy;
    private float* sums;
    private int partials;
    private int parts;

    private long Products => (long)cin * cout;

    private long Length => WinogradWeight<TDepth, TAxis>.Count * Products;

    /// <param name="target">(27, cin, cout).</param>
    public void Run(float* input, float* gradient, float* target)
    {
        x = input;
        dy = gradient;
        partials = WinogradTiles.Partials(tiles.Count, Length);
        using var scratch = pool.Scratch.Borrow(Length * partials);
        sums = scratch.Start;
        parts = partials >= 4 * pool.Threads ? 1 : TDepth.Weights;
        pool.Run(partials * parts, Ticket);
        PartialSums.Add(pool, sums, partials, Length);
        pool.Run(cin, i => WinogradAdjoint<TDepth, TAxis>.AddWeight(sums + ((nint)i * cout), (nint)Products, cout, target + ((nint)i * cout), (nint)Products));
    }

    private void Ticket(int ticket)
    {
        var (partial, part) = Math.DivRem(ticket, parts);
        var (slotV, slotZ) = (WinogradTiles.Slot(WinogradTiles.OfBlock, cin), WinogradTiles.Slot(WinogradTiles.OfBlock, cout));
        using var inputs = pool.Scratch.Borrow(slotV * points);
        using var gradients = pool.Scratch.Borrow(slotZ * points);
        using var copy = pool.Scratch.Borrow(2L * TAxis.Patch * TAxis.Patch * Math.Max(cin, cout));
        var (first, last) = (blocks * partial / partials, blocks * (partial + 1) / partials);
        for (var chunk = first; chunk < last; chunk += BlocksOfChunk)
        {
            for (var slice = 0; slice < TDepth.Points; slice++)
            {
                if (parts > 1 && TDepth.WeightOf(slice) != part)
                {
                    continue;
                }

                for (var block = chunk; block < Math.Min(last, chunk + BlocksOfChunk); block++)
                {
                    var count = (int)Math.Min(WinogradTiles.OfBlock, tiles.Count - (block * WinogradTiles.OfBlock));
                    for (var t = 0; t < count; t++)
                    {
                        var tile = (block * WinogradTiles.OfBlock) + t;
                        Input(slice, tile, inputs.Start + ((nint)t * cin), slotV, copy.Start);
                        Gradient(slice, tile, gradients.Start + ((nint)t * cout), slotZ, copy.Start);
                    }

                    for (var point = 0; point < points; point++)
                    {
                        var sum = sums + (partial * Length) + (WinogradWeight<TDepth, TAxis>.Of(slice, point) * Products);
                        var add = block > first || !IsFirst(slice, point);
                        Multiply(inputs.Start + (point * slotV), gradients.Start + (point * slotZ), count, sum, add);
                    }
                }
            }
        }
    }

    // Of the points that share a transformed weight.
    private static bool IsFirst(int slice, int point)
    {
        var (row, column) = Math.DivRem(point, TAxis.Points);
        return IsFirst<TDepth>(slice) && IsFirst<TAxis>(row) && IsFirst<TAxis>(column);
    }

    private static bool IsFirst<T>(int point)
        where T : struct, IWinogradAxis => point == 0 || T.WeightOf(point - 1) != T.WeightOf(point);

    private void Input(int slice, long tile, float* v, nint slot, float* copy)
    {
        var (a, b, factor) = TDepth.InputPlanes(slice);
        var (n, d, h, w) = tiles.Patch(tile);
        var size = new Extent3(tiles.D.In, tiles.H.In, tiles.W.In);
        var patch = WinogradPatch.Of(x + (n * size.Count * cin), size, cin, d + a, d + b, h, w, TAxis.Patch, copy);
        WinogradTransform<TAxis>.Input(patch, factor, cin, v, slot);
    }

    // The depth is the adjoint of the signs with which a slice adds to the results, of which there are two planes.
    private void Gradient(int slice, long tile, float* z, nint slot, float* copy)
    {
        var (first, second) = (TDepth.OutputSign(slice, 0), TDepth.OutputSign(slice, 1));
        var (a, b, factor) = first == 0 ? (1, 1, second - 1) : second == 0 ? (0, 0, 0) : (0, 1, second);
        var (n, d, h, w) = tiles.Results(tile);
        var size = new Extent3(tiles.D.Count, tiles.H.Count, tiles.W.Count);
        var patch = WinogradPatch.Of(dy + (n * size.Count * cout), size, cout, d + a, d + b, h, w, TAxis.Outputs, copy);
        WinogradAdjoint<TDepth, TAxis>.OutputGradient(patch, factor, cout, z, slot);
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
