namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// dweight += the gradient of a convolution of 3 x 3 x 3 taps by the adjoint of a minimal one: at each point a product of the
/// transformed input, transposed, with the transformed gradient, summed over all tiles, and one transform back at the end. Blocks of tiles
/// are shared out to a number of partial sums that only the geometry determines; these are added pairwise. A ticket is one partial sum,
/// or the part of it that belongs to one transformed tap of the depth.
/// </summary>
internal unsafe struct WinogradWeightPass<TDepth, TAxis>(WorkerPool pool, WinogradTiles<TDepth, TAxis> tiles, int cin, int cout)
    where TDepth : struct, IWinogradDepth, IWinogradAdjoint
    where TAxis : struct, IWinogradAdjoint
{
    private const int BlocksOfChunk = 4; // whose input is still in the cache when the next slice reads it

    private readonly int tilesOfBlock = WinogradTiles.OfGradientBlock(tiles.Count);
    private float* x = null;
    private float* dy = null;
    private float* sums = null;
    private int partials = 0;
    private int parts = 0;

    private readonly long Blocks => (tiles.Count + tilesOfBlock - 1) / tilesOfBlock;

    private readonly nint WeightFloats => WinogradTiles.Slot(cin, cout);

    private readonly long Length => WinogradWeight<TDepth, TAxis>.Count * WeightFloats;

    /// <param name="target">(27, cin, cout).</param>
    public void Run(float* input, float* gradient, float* target)
    {
        x = input;
        dy = gradient;
        partials = WinogradTiles.Partials(tiles.Count, Length);
        using var scratch = pool.Scratch.Borrow(Length * partials);
        sums = scratch.Start;
        parts = partials >= 4 * pool.Threads ? 1 : TDepth.Weights;
        pool.Run(partials * parts, new PartialJob(this));
        PartialSums.Add(pool, sums, partials, Length);
        pool.Run(cin, new WeightJob(sums, WeightFloats, cout, target, (nint)cin * cout));
    }

    private readonly void Ticket(int ticket)
    {
        var (partial, part) = Math.DivRem(ticket, parts);
        var (slotV, slotZ) = (WinogradTiles.Slot(tilesOfBlock, cin), WinogradTiles.Slot(tilesOfBlock, cout));
        using var inputs = pool.Scratch.Borrow(slotV * WinogradPlane<TAxis>.Inputs);
        using var gradients = pool.Scratch.Borrow(slotZ * WinogradPlane<TAxis>.Sums);
        using var copy = pool.Scratch.Borrow(2L * TAxis.Patch * TAxis.Patch * Math.Max(cin, cout));
        var (first, last) = (Blocks * partial / partials, Blocks * (partial + 1) / partials);
        for (var chunk = first; chunk < last; chunk += BlocksOfChunk)
        {
            for (var slice = 0; slice < TDepth.Products; slice++)
            {
                if (parts > 1 && TDepth.Product(slice).Weight != part)
                {
                    continue;
                }

                for (var block = chunk; block < Math.Min(last, chunk + BlocksOfChunk); block++)
                {
                    var count = (int)Math.Min(tilesOfBlock, tiles.Count - (block * tilesOfBlock));
                    for (var t = 0; t < count; t++)
                    {
                        var tile = (block * tilesOfBlock) + t;
                        Input(TDepth.Product(slice).Input, tile, inputs.Start + ((nint)t * cin), slotV, copy.Start);
                        Gradient(TDepth.Product(slice).Sum, tile, gradients.Start + ((nint)t * cout), slotZ, copy.Start);
                    }

                    var plane = sums + (partial * Length) + (TDepth.Product(slice).Weight * WinogradPlane<TAxis>.Weights * WeightFloats);
                    for (var index = 0; index < WinogradPlane<TAxis>.Products.Length; index++)
                    {
                        var product = WinogradPlane<TAxis>.Products[index];
                        var add = block > first || !IsFirstOfWeight(slice) || !WinogradPlane<TAxis>.IsFirstOfWeight[index];
                        var input = inputs.Start + (product.Input * slotV);
                        var gradient = gradients.Start + (product.Sum * slotZ);
                        Multiply(input, gradient, count, plane + (product.Weight * WeightFloats), add);
                    }
                }
            }
        }
    }

    private static bool IsFirstOfWeight(int slice)
    {
        for (var s = 0; s < slice; s++)
        {
            if (TDepth.Product(s).Weight == TDepth.Product(slice).Weight)
            {
                return false;
            }
        }

        return true;
    }

    private readonly void Input(int input, long tile, float* v, nint slot, float* copy)
    {
        var (a, b, factor) = TDepth.InputPlanes(input);
        var (n, d, h, w) = tiles.Patch(tile);
        var size = new Extent3(tiles.D.In, tiles.H.In, tiles.W.In);
        var patch = WinogradPatch.Of(x + (n * size.Count * cin), size, cin, d + a, d + b, h, w, TAxis.Patch, copy);
        WinogradTransform<TAxis>.Input(patch, factor, cin, v, slot);
    }

    // The depth is the adjoint of the signs with which a sum adds to the two planes of results.
    private readonly void Gradient(int sum, long tile, float* z, nint slot, float* copy)
    {
        var (first, second) = (TDepth.OutputSign(sum, 0), TDepth.OutputSign(sum, 1));
        var (a, b, factor) = first == 0 ? (1, 1, second - 1) : second == 0 ? (0, 0, 0) : (0, 1, second);
        var (n, d, h, w) = tiles.Results(tile);
        var size = new Extent3(tiles.D.Count, tiles.H.Count, tiles.W.Count);
        var patch = WinogradPatch.Of(dy + (n * size.Count * cout), size, cout, d + a, d + b, h, w, TAxis.Outputs, copy);
        WinogradAdjoint<TDepth, TAxis>.OutputGradient(patch, factor, cout, z, slot);
    }

    private readonly void Multiply(float* v, float* z, int count, float* sum, bool add)
    {
        nint origin = 0;
        var operands = new TileOperands
        {
            A = v,
            RowStride = 1,
            StepA = cin,
            Groups = &origin,
            GroupCount = 1,
            Length = count,
            StepB = cout,
            NextPanel = Panels.Width,
        };
        for (var column = 0; column < cout; column += Microkernel.PanelsOfTile * Panels.Width)
        {
            operands.B = z + column;
            Microkernel.Run(operands, cin, Math.Min(Microkernel.PanelsOfTile * Panels.Width, cout - column), sum + column, cout, add);
        }
    }

    private readonly struct PartialJob(WinogradWeightPass<TDepth, TAxis> pass) : IWorkItems
    {
        public void Run(int ticket) => pass.Ticket(ticket);
    }

    private readonly struct WeightJob(float* sums, nint weightFloats, int cout, float* target, nint tapStride) : IWorkItems
    {
        public void Run(int i) => WinogradAdjoint<TDepth, TAxis>.AddWeight(sums + ((nint)i * cout), weightFloats, cout, target + ((nint)i * cout), tapStride);
    }
}
