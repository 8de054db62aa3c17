namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// One operand of a product as a block copies it to shared memory, a step of terms at a time: every thread has up to four runs of neighbouring
/// elements, 16 bytes each. They go at once where the operand is wide (runs do not straddle rows or taps, addresses are multiples of 16), else one by one. What
/// lies outside becomes zero.
/// </summary>
internal interface IOperand<TSelf>
    where TSelf : struct, IOperand<TSelf>
{
    /// <param name="address">Of the operand in global memory.</param>
    /// <param name="first">The block's first outer position.</param>
    /// <param name="begin">First term of the block.</param>
    /// <param name="outer">Outer positions of the block's tile.</param>
    static abstract TSelf Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread);

    /// <summary>Copies the terms of the next step.</summary>
    /// <param name="k">First of them.</param>
    /// <param name="end">Terms from this one on are absent.</param>
    void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread);
}

/// <summary>Where a term of the sum lies in a gathered row: how far from the row's first voxel, and which taps it needs.</summary>
internal struct Tap
{
    /// <summary>A bit that no row has.</summary>
    public const uint Nowhere = 1u << 31;

    public int Channel;

    /// <summary>Elements from the row's voxel for tap 0.</summary>
    public long Left;

    /// <summary>Elements from the start of a stored row of the right operand.</summary>
    public long Right;

    /// <summary>A bit per axis, to be found in the row's <see cref="GatheredRow.Taps"/>.</summary>
    public uint Needs;

    public static Tap At(in ProductShape product, in GatherShape gather, int term, int end)
    {
        var (tap, d, h, w) = Split(gather, term);
        var channel = term - (tap * gather.Channels.Divisor);
        return new()
        {
            Channel = channel,
            Left = ((((((long)d * gather.SizeH) + h) * gather.SizeW) + w) * gather.TapPitch) + channel,
            Right = (d * product.RightD) + (h * product.RightH) + (w * product.RightW) + channel,
            Needs = term < end ? (1u << d) | (1u << (GatherShape.MostTaps + h)) | (1u << ((2 * GatherShape.MostTaps) + w)) : Nowhere,
        };
    }

    /// <summary>The tap of a term and its place on each axis.</summary>
    public static (int Tap, int D, int H, int W) Split(in GatherShape gather, int term)
    {
        var tap = gather.Channels.Quotient(term);
        var d = gather.PlaneTaps.Quotient(tap);
        var inPlane = tap - (d * gather.PlaneTaps.Divisor);
        var h = gather.LineTaps.Quotient(inPlane);
        return (tap, d, h, inPlane - (h * gather.LineTaps.Divisor));
    }
}

/// <summary>The terms that one thread copies, a step apart: most share the tap of the one before, or have the next.</summary>
internal struct TapCursor
{
    private const int FirstH = GatherShape.MostTaps;
    private const int FirstW = 2 * GatherShape.MostTaps;
    private const uint TapsOfH = ((1u << GatherShape.MostTaps) - 1) << FirstH;
    private const uint TapsOfW = TapsOfH << GatherShape.MostTaps;
    private Tap tap;
    private int channelsLeft;

    public static TapCursor At(in ProductShape product, in GatherShape gather, int term)
    {
        var tap = Tap.At(product, gather, term, int.MaxValue);
        return new() { tap = tap, channelsLeft = gather.Channels.Divisor - tap.Channel };
    }

    /// <summary>To be called for terms that lie a step apart, in turn.</summary>
    public Tap Next(in ProductShape product, in GatherShape gather, int term, int end, int step)
    {
        var current = tap;
        current.Needs = term < end ? tap.Needs : Tap.Nowhere;
        tap.Left += step;
        tap.Right += step;
        channelsLeft -= step;
        while (channelsLeft <= 0)
        {
            Advance(product, gather);
        }

        return current;
    }

    // The same channel of the next tap; a bit of Needs moves up by one when it is doubled.
    private void Advance(in ProductShape product, in GatherShape gather)
    {
        var (tapsH, tapsW) = (gather.TapsH, gather.LineTaps.Divisor);
        channelsLeft += gather.Channels.Divisor;
        tap.Left += gather.TapPitch - gather.Channels.Divisor;
        tap.Right += product.RightW - gather.Channels.Divisor;
        if (((tap.Needs >> (FirstW + tapsW - 1)) & 1) == 0)
        {
            tap.Needs += tap.Needs & TapsOfW;
            return;
        }

        tap.Left += (gather.SizeW - tapsW) * gather.TapPitch;
        tap.Right += product.RightH - (tapsW * product.RightW);
        tap.Needs = (tap.Needs & ~TapsOfW) | (1u << FirstW);
        if (((tap.Needs >> (FirstH + tapsH - 1)) & 1) == 0)
        {
            tap.Needs += tap.Needs & TapsOfH;
            return;
        }

        tap.Left += (gather.SizeH - tapsH) * gather.SizeW * gather.TapPitch;
        tap.Right += product.RightD - (tapsH * product.RightH);
        tap.Needs = (tap.Needs & ~TapsOfH) | (1u << FirstH);
        tap.Needs += tap.Needs & ((1u << FirstH) - 1);
    }
}

/// <summary>One row of the left operand: a voxel for every tap, and which of them lie inside.</summary>
internal struct GatheredRow
{
    public long Address;

    /// <summary>A bit for each tap that lies inside: ten for D, ten for H, ten for W.</summary>
    public uint Taps;

    /// <param name="bytes">Of an element.</param>
    public static GatheredRow At(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int row, uint bytes)
    {
        if (row >= product.M)
        {
            return new() { Address = address };
        }

        var p = grid.Point(row);
        var (d, h, w) = ((p.D * gather.StepD) + gather.FirstD, (p.H * gather.StepH) + gather.FirstH, (p.W * gather.StepW) + gather.FirstW);
        var (tapsW, tapsH) = (gather.LineTaps.Divisor, gather.TapsH);
        var taps = Inside(d, gather.SizeD, gather.TapsD, gather.TapStep)
            | (Inside(h, gather.SizeH, tapsH, gather.TapStep) << GatherShape.MostTaps)
            | (Inside(w, gather.SizeW, tapsW, gather.TapStep) << (2 * GatherShape.MostTaps));
        var voxel = (((((long)p.N * gather.SizeD) + d) * gather.SizeH) + h) * gather.SizeW;
        return new() { Address = address + (bytes * (voxel + w) * gather.Pitch), Taps = taps };
    }

    public readonly bool Has(in Tap tap) => (Taps & tap.Needs) == tap.Needs;

    private static uint Inside(int first, int size, int taps, int step)
    {
        var inside = 0u;
        for (var j = 0; j < taps; j++)
        {
            inside |= (uint)(first + (j * step)) < (uint)size ? 1u << j : 0;
        }

        return inside;
    }
}
