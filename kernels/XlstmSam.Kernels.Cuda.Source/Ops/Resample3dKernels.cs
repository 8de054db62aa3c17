using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// A thread per quad of channels and voxel of what is written: forward reads up to eight inputs, backward gathers from every output that reads
/// its input. Neighbours along W are neighbours in a warp.
/// </summary>
public static class Resample3dKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Forward<[Instances(typeof(TrilinearTaps), typeof(NearestTaps))] TTaps, [Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> x, ArrayView<float> y, ResampleShape shape)
        where TTaps : struct, IAxisTaps
        where TAccess : struct, IQuadAccess
    {
        var total = (long)shape.N * shape.OutD * shape.OutH * shape.OutW * shape.Quads;
        for (var i = Threads.Index; i < total; i += Threads.Count)
        {
            var place = new Place(i, shape.OutD, shape.OutH, shape.OutW, shape.Quads);
            var valid = Valid(shape, place);
            var (d, h, w) = (TTaps.Of(place.D, shape.InD, shape.OutD), TTaps.Of(place.H, shape.InH, shape.OutH), TTaps.Of(place.W, shape.InW, shape.OutW));
            var volume = (long)place.N * shape.InD;
            var near = Blend<TAccess>(x, shape, volume + d.Lower, h, w, 4 * place.Quad, valid);
            if (d.Weight > 0)
            {
                near = (near * (1 - d.Weight)) + (Blend<TAccess>(x, shape, volume + d.Upper, h, w, 4 * place.Quad, valid) * d.Weight);
            }

            TAccess.Store(y, (place.Voxel * shape.C) + (4 * place.Quad), valid, near);
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Backward<[Instances(typeof(TrilinearTaps), typeof(NearestTaps))] TTaps, [Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> dy, ArrayView<float> dx, ResampleShape shape)
        where TTaps : struct, IAxisTaps
        where TAccess : struct, IQuadAccess
    {
        var total = (long)shape.N * shape.InD * shape.InH * shape.InW * shape.Quads;
        for (var i = Threads.Index; i < total; i += Threads.Count)
        {
            var place = new Place(i, shape.InD, shape.InH, shape.InW, shape.Quads);
            var valid = Valid(shape, place);
            var (lastD, lastH, lastW) = (TTaps.End(place.D, shape.InD, shape.OutD), TTaps.End(place.H, shape.InH, shape.OutH),
                TTaps.End(place.W, shape.InW, shape.OutW));
            var (firstH, firstW) = (TTaps.First(place.H, shape.InH, shape.OutH), TTaps.First(place.W, shape.InW, shape.OutW));
            Float4 sum = default;
            for (var d = TTaps.First(place.D, shape.InD, shape.OutD); d < lastD; d++)
            {
                var weightD = TTaps.Of(d, shape.InD, shape.OutD).For(place.D);
                for (var h = firstH; h < lastH; h++)
                {
                    var weight = weightD * TTaps.Of(h, shape.InH, shape.OutH).For(place.H);
                    var row = ((((((long)place.N * shape.OutD) + d) * shape.OutH) + h) * shape.OutW * shape.C) + (4 * place.Quad);
                    Float4 along = default;
                    for (var w = firstW; w < lastW; w++)
                    {
                        along += TAccess.Load(dy, row + ((long)w * shape.C), valid) * TTaps.Of(w, shape.InW, shape.OutW).For(place.W);
                    }

                    sum += along * weight;
                }
            }

            var at = (place.Voxel * shape.C) + (4 * place.Quad);
            TAccess.Store(dx, at, valid, TAccess.Load(dx, at, valid) + sum);
        }
    }

    private static int Valid(ResampleShape shape, Place place) => shape.C - (4 * place.Quad) < 4 ? shape.C - (4 * place.Quad) : 4;

    /// <summary>Up to four inputs of one plane.</summary>
    private static Float4 Blend<TAccess>(ArrayView<float> x, ResampleShape shape, long plane, AxisTap h, AxisTap w, int channel, int valid)
        where TAccess : struct, IQuadAccess
    {
        var value = Blend<TAccess>(x, shape, (plane * shape.InH) + h.Lower, w, channel, valid);
        return h.Weight > 0 ? (value * (1 - h.Weight)) + (Blend<TAccess>(x, shape, (plane * shape.InH) + h.Upper, w, channel, valid) * h.Weight) : value;
    }

    private static Float4 Blend<TAccess>(ArrayView<float> x, ResampleShape shape, long row, AxisTap w, int channel, int valid)
        where TAccess : struct, IQuadAccess
    {
        var start = row * shape.InW;
        var value = TAccess.Load(x, ((start + w.Lower) * shape.C) + channel, valid);
        return w.Weight > 0 ? (value * (1 - w.Weight)) + (TAccess.Load(x, ((start + w.Upper) * shape.C) + channel, valid) * w.Weight) : value;
    }

    /// <summary>What a number of a thread stands for.</summary>
    private readonly struct Place
    {
        public readonly long Voxel;
        public readonly int N;
        public readonly int D;
        public readonly int H;
        public readonly int W;
        public readonly int Quad;

        public Place(long number, int depth, int height, int width, int quads)
        {
            Voxel = FastDivision.Of(number, quads);
            Quad = (int)(number - (Voxel * quads));
            var row = FastDivision.Of(Voxel, width);
            W = (int)(Voxel - (row * width));
            var plane = FastDivision.Of(row, height);
            H = (int)(row - (plane * height));
            N = (int)FastDivision.Of(plane, depth);
            D = (int)(plane - ((long)N * depth));
        }
    }
}
