using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// dweight[tap, i, j] += Σ_o volume[o InStep + InOrigin + tap, i] grid[o, j]: products of padded rows, transposed, with panels of the grid.
/// Blocks of results are shared out to a number of partial sums that only the geometry determines; these are added pairwise.
/// A ticket is one partial sum, one depth tap and some panels.
/// </summary>
internal unsafe struct ConvWeightPass(WorkerPool pool, int batch, ConvAxis depth, ConvAxis height, ConvAxis width, int volumeChannels, int gridChannels)
{
    private const int ResultsOfBlock = 384;
    private const int MostPartials = 16;
    private const long PartialFloats = 4 << 20;

    private readonly int run = width.Taps * volumeChannels;
    private readonly int panels = Panels.Count(gridChannels);
    private readonly int rows = Math.Clamp(ResultsOfBlock / Math.Max(1, width.Count), 1, Math.Max(1, height.Count));
    private int rowBlocks = 0;
    private int partials = 0;
    private int panelsPerTicket = 0;
    private float* sums = null;
    private float* volume = null;
    private float* grid = null;

    private readonly long Length => (long)depth.Taps * height.Taps * run * gridChannels;

    private readonly int PanelBlocks => (panels + panelsPerTicket - 1) / panelsPerTicket;

    private readonly long Blocks => (long)batch * depth.Count * rowBlocks;

    /// <summary>Adds into target[tap TapStride + i VolumeStride + j GridStride].</summary>
    public void Run(float* volumeValues, float* gridValues, float* target, nint tapStride, nint volumeStride, nint gridStride)
    {
        volume = volumeValues;
        grid = gridValues;
        rowBlocks = (height.Count + rows - 1) / rows;
        if (Length == 0 || Blocks == 0)
        {
            return;
        }

        partials = (int)Math.Min(Blocks, Math.Clamp(PartialFloats / Length, 1, MostPartials));
        panelsPerTicket = panels;
        while (panelsPerTicket > 1 && partials * depth.Taps * PanelBlocks < 4 * pool.Threads)
        {
            panelsPerTicket = (panelsPerTicket + 1) / 2;
        }

        using var scratch = pool.Scratch.Borrow(Length * partials);
        sums = scratch.Start;
        pool.Run(partials * depth.Taps * PanelBlocks, new PartialJob(this));
        PartialSums.Add(pool, sums, partials, Length);
        var taps = depth.Taps * height.Taps * width.Taps;
        pool.Run(taps, new TapJob(sums, volumeChannels, gridChannels, target, tapStride, volumeStride, gridStride));
    }

    private readonly void Ticket(int ticket)
    {
        var firstPanel = ticket % PanelBlocks * panelsPerTicket;
        var tap = ticket / PanelBlocks % depth.Taps;
        var partial = ticket / PanelBlocks / depth.Taps;
        var lastPanel = Math.Min(panels, firstPanel + panelsPerTicket);
        var (pitch, plane) = (Halo.Pitch(width, volumeChannels), (long)width.Count * gridChannels);
        using var halo = pool.Scratch.Borrow(pitch * height.Reach(rows));
        var packedPanel = (nint)rows * width.Count * Panels.Width;
        using var packed = pool.Scratch.Borrow(packedPanel * Microkernel.PanelsOfTile);
        var (first, last) = (Blocks * partial / partials, Blocks * (partial + 1) / partials);
        for (var block = first; block < last; block++)
        {
            var h0 = (int)(block % rowBlocks) * rows;
            var d = (int)(block / rowBlocks % depth.Count);
            var n = block / rowBlocks / depth.Count;
            var count = Math.Min(rows, height.Count - h0);
            Halo.Copy(
                volume + (n * depth.In * height.In * width.In * volumeChannels), depth, height, width, volumeChannels,
                (d * depth.InStep) + depth.InOrigin + tap, 1, (h0 * height.InStep) + height.InOrigin, height.Reach(count), halo.Start);
            var results = grid + ((((n * depth.Count) + d) * height.Count) + h0) * plane;
            for (var panel = firstPanel; panel < lastPanel; panel += Microkernel.PanelsOfTile)
            {
                var end = Math.Min(lastPanel, panel + Microkernel.PanelsOfTile);
                for (var p = panel; p < end; p++)
                {
                    var columns = Math.Min(Panels.Width, gridChannels - (p * Panels.Width));
                    Panels.Pack(results + (p * Panels.Width), gridChannels, 1, (nint)count * width.Count, columns, packed.Start + ((p - panel) * packedPanel));
                }

                var sum = sums + (partial * Length) + ((long)tap * height.Taps * run * gridChannels) + (panel * Panels.Width);
                Products(halo.Start, packed.Start, packedPanel, pitch, count, Math.Min(gridChannels, end * Panels.Width) - (panel * Panels.Width), sum,
                    block > first);
            }
        }
    }

    [SkipLocalsInit]
    private readonly void Products(float* halo, float* packed, nint nextPanel, nint pitch, int count, int columns, float* sum, bool add)
    {
        var starts = stackalloc nint[ResultsOfBlock];
        for (var h = 0; h < count; h++)
        {
            starts[h] = h * height.InStep * pitch;
        }

        var operands = new TileOperands
        {
            RowStride = 1,
            StepA = (nint)width.InStep * volumeChannels,
            Groups = starts,
            GroupCount = count,
            Length = width.Count,
            B = packed,
            StepB = Panels.Width,
            NextPanel = nextPanel,
        };
        for (var tap = 0; tap < height.Taps; tap++)
        {
            operands.A = halo + (tap * pitch);
            Microkernel.Run(operands, run, columns, sum + ((nint)tap * run * gridChannels), gridChannels, add);
        }
    }

    private readonly struct PartialJob(ConvWeightPass pass) : IWorkItems
    {
        public void Run(int ticket) => pass.Ticket(ticket);
    }

    private readonly struct TapJob(
        float* sums, int volumeChannels, int gridChannels, float* target, nint tapStride, nint volumeStride, nint gridStride) : IWorkItems
    {
        public void Run(int tap)
        {
            var source = sums + ((long)tap * volumeChannels * gridChannels);
            for (var i = 0; i < volumeChannels; i++, source += gridChannels)
            {
                var row = target + (tap * tapStride) + (i * volumeStride);
                for (var j = 0; j < gridChannels; j++)
                {
                    row[j * gridStride] += source[j];
                }
            }
        }
    }
}
