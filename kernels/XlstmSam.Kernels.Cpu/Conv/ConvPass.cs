namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// y[o] (+)= bias + Σ_tap x[o InStep + InOrigin + tap] weight[tap] as matrix products without a patch matrix: in a padded row the width taps
/// and channels of a result are one run of Taps * Cin floats, so the product sums over (depth tap, height tap) groups of such runs.
/// A ticket is some rows of one plane and some panels of output channels. A convolution to less than one panel of channels is the first of a
/// network, or all of a small one, where norms of few voxels and channels follow: its sums are in double.
/// </summary>
internal unsafe struct ConvPass(WorkerPool pool, int batch, ConvAxis depth, ConvAxis height, ConvAxis width, int cin, int cout)
{
    private const int DepthOfBlock = 384; // of the sum, as in a matrix product
    private const long HaloFloats = 128 << 10; // half a mebibyte: the halo stays in the second-level cache

    private readonly int run = width.Taps * cin;
    private readonly int groups = depth.Taps * height.Taps;
    private readonly int panels = Panels.Count(cout);
    private int rows = 0;
    private int rowBlocks = 0;
    private int panelsPerTicket = 0;
    private ConvWeight weight = default;
    private float* packed = null;
    private float* x = null;
    private float* y = null;
    private float* bias = null;
    private bool accumulate = false;

    private readonly long PanelFloats => (long)groups * run * Panels.Width;

    public void Run(float* input, in ConvWeight filter, float* offsets, float* output, bool add)
    {
        if (groups * run == 0 || batch == 0 || depth.Count == 0 || height.Count == 0 || width.Count == 0)
        {
            return;
        }

        (weight, accumulate) = (filter, add);
        x = input;
        y = output;
        bias = offsets;
        var rowFloats = Halo.Pitch(width, cin) * depth.Taps * height.InStep;
        rows = (int)Math.Clamp((HaloFloats / rowFloats) - (height.Taps / height.InStep), 1, height.Count);
        rowBlocks = (height.Count + rows - 1) / rows;
        rows = (height.Count + rowBlocks - 1) / rowBlocks;
        panelsPerTicket = panels;
        while (panelsPerTicket > 1 && Tickets < 4 * pool.Threads)
        {
            panelsPerTicket = (panelsPerTicket + 1) / 2;
        }

        using var scratch = pool.Scratch.Borrow(PanelFloats * panels);
        packed = scratch.Start;
        pool.Run(panels, new PackJob(this));
        pool.Run(checked((int)Tickets), new RowsOfPlaneJob(this));
    }

    private readonly int PanelBlocks => (panels + panelsPerTicket - 1) / panelsPerTicket;

    private readonly long Tickets => (long)batch * depth.Count * rowBlocks * PanelBlocks;

    private readonly void Pack(int panel) =>
        weight.Pack(depth, height, width, cin, panel * Panels.Width, Math.Min(Panels.Width, cout - (panel * Panels.Width)), packed + (panel * PanelFloats));

    private readonly void Ticket(int ticket)
    {
        var block = ticket % PanelBlocks;
        var h0 = ticket / PanelBlocks % rowBlocks * rows;
        var d = ticket / PanelBlocks / rowBlocks % depth.Count;
        var n = ticket / PanelBlocks / rowBlocks / depth.Count;
        var count = Math.Min(rows, height.Count - h0);
        if (count <= 0)
        {
            return;
        }

        var (pitch, haloRows) = (Halo.Pitch(width, cin), height.Reach(count));
        using var halo = pool.Scratch.Borrow(pitch * haloRows * depth.Taps);
        Halo.Copy(
            x + ((long)n * depth.In * height.In * width.In * cin), depth, height, width, cin,
            (d * depth.InStep) + depth.InOrigin, depth.Taps, (h0 * height.InStep) + height.InOrigin, haloRows, halo.Start);
        var plane = y + ((((long)n * depth.OutSize) + (d * depth.OutStep) + depth.OutOrigin) * height.OutSize * width.OutSize * cout);
        Span<nint> starts = groups <= 64 ? stackalloc nint[groups] : new nint[groups];
        for (var g = 0; g < groups; g++)
        {
            starts[g] = (((g / height.Taps) * haloRows) + (g % height.Taps)) * pitch;
        }

        fixed (nint* groupStarts = starts)
        {
            if (IsNarrow)
            {
                NarrowPanel(h0, count, halo.Start, pitch, groupStarts, plane);
                return;
            }

            var last = Math.Min(panels, (block + 1) * panelsPerTicket);
            for (var panel = block * panelsPerTicket; panel < last; panel += Microkernel.PanelsOfTile)
            {
                Run(panel, Math.Min(Microkernel.PanelsOfTile, last - panel), h0, count, halo.Start, pitch, groupStarts, plane);
            }
        }
    }

    private readonly bool IsNarrow => cout < Panels.Width && !accumulate;

    private readonly void Run(int panel, int panelCount, int h0, int count, float* halo, nint pitch, nint* groupStarts, float* plane)
    {
        var c0 = panel * Panels.Width;
        var columns = Math.Min(panelCount * Panels.Width, cout - c0);
        var operands = new TileOperands { RowStride = (nint)width.InStep * cin, StepA = 1, StepB = Panels.Width, NextPanel = (nint)PanelFloats };
        var (wholeGroups, piece) = run > DepthOfBlock ? (1, DepthOfBlock) : (Math.Min(groups, DepthOfBlock / run), run);
        for (var g = 0; g < groups; g += wholeGroups)
        {
            for (var k = 0; k < run; k += piece)
            {
                operands.Groups = groupStarts + g;
                operands.GroupCount = Math.Min(wholeGroups, groups - g);
                operands.Length = Math.Min(piece, run - k);
                operands.B = packed + (panel * PanelFloats) + ((((nint)g * run) + k) * Panels.Width);
                var add = accumulate || g + k > 0;
                for (var h = 0; h < count; h++)
                {
                    var row = plane + (((((long)(h0 + h) * height.OutStep) + height.OutOrigin) * width.OutSize) * cout) + c0;
                    operands.A = halo + (h * height.InStep * pitch) + k;
                    Microkernel.Run(operands, width.Count, columns, row + ((nint)width.OutOrigin * cout), (nint)width.OutStep * cout, add);
                }
            }
        }

        if (bias is not null)
        {
            for (var h = h0; h < h0 + count; h++)
            {
                var row = plane + (((((long)h * height.OutStep) + height.OutOrigin) * width.OutSize) + width.OutOrigin) * cout + c0;
                Epilogue.Apply(row, (nint)width.OutStep * cout, width.Count, columns, bias + c0, Activation.None);
            }
        }
    }

    private readonly void NarrowPanel(int h0, int count, float* halo, nint pitch, nint* groupStarts, float* plane)
    {
        var sums = stackalloc double[Microkernel.MostRows * Panels.Width];
        var operands = new TileOperands { RowStride = (nint)width.InStep * cin, StepA = 1, B = packed, StepB = Panels.Width, Groups = groupStarts, GroupCount = groups, Length = run };
        for (var h = 0; h < count; h++)
        {
            var row = plane + (((((long)(h0 + h) * height.OutStep) + height.OutOrigin) * width.OutSize) * cout);
            for (var w = 0; w < width.Count;)
            {
                var tile = Microkernel.NextRows(width.Count - w);
                operands.A = halo + (h * height.InStep * pitch) + (w * operands.RowStride);
                MicrokernelInDouble.Run(operands, tile, cout, sums);
                for (var r = 0; r < tile; r++, w++)
                {
                    var target = row + ((((nint)w * width.OutStep) + width.OutOrigin) * cout);
                    for (var c = 0; c < cout; c++)
                    {
                        target[c] = (float)(sums[(r * Panels.Width) + c] + (bias is null ? 0 : bias[c]));
                    }
                }
            }
        }
    }

    private readonly struct PackJob(ConvPass pass) : IWorkItems
    {
        public void Run(int ticket) => pass.Pack(ticket);
    }

    private readonly struct RowsOfPlaneJob(ConvPass pass) : IWorkItems
    {
        public void Run(int ticket) => pass.Ticket(ticket);
    }
}
