using XlstmSam.Kernels;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>What the device reaches at its simplest work, measured: what the rates of other work are held against.</summary>
/// <param name="GigabytesPerSecond">Of a long copy, bytes read and written.</param>
/// <param name="GigaflopsPerSecond">Of a large product in the chosen precision, its operands stored as volumes are.</param>
internal sealed record DevicePeaks(double GigabytesPerSecond, double GigaflopsPerSecond)
{
    // Work grows until it takes so long that launching it does not matter.
    private const double LongEnough = 5e-3;
    private const long LeastCopied = 1L << 18;
    private const long MostCopied = 1L << 27;
    private const int LeastSide = 128;
    private const int MostSide = 8192;
    private const int RowsOfChannel = 4;
    private const int Tries = 5;

    /// <param name="availableBytes">Of the device's memory; an eighth of it is used.</param>
    public static DevicePeaks Of(Device device, long availableBytes, CancellationToken cancel) =>
        new(CopyRate(device, availableBytes, cancel) / 1e9, ProductRate(device, availableBytes, cancel) / 1e9);

    private static double CopyRate(Device device, long availableBytes, CancellationToken cancel)
    {
        for (var length = LeastCopied; ; length *= 2)
        {
            using var memory = device.Backend.Allocate(2 * length * sizeof(float));
            var (source, target, geometry) = (new View(memory, 0, length), new View(memory, length, length), new CopyGeometry(1, length, length, length));
            device.Backend.Elementwise.Fill(source, 1);
            var seconds = Best(device, () => device.Backend.Movement.Copy(geometry, source, target, accumulate: false), cancel);
            if (seconds >= LongEnough || length == MostCopied || 4 * length * sizeof(float) > availableBytes / 8)
            {
                return geometry.Bytes / seconds;
            }
        }
    }

    // A convolution of one tap is a product of volumes: where they are stored in bfloat16, it outruns a product of float32 operands.
    private static double ProductRate(Device device, long availableBytes, CancellationToken cancel)
    {
        for (var side = LeastSide; ; side *= 2)
        {
            var isVolume = device.Backend.VolumeType != ElementType.Float32;
            var (rate, seconds, bytes) = isVolume ? OneTap(device, side, cancel) : Square(device, side, cancel);
            if (seconds >= LongEnough || side == MostSide || 4 * bytes > availableBytes / 8)
            {
                return rate;
            }
        }
    }

    private static (double Rate, double Seconds, long Bytes) Square(Device device, int side, CancellationToken cancel)
    {
        var length = (long)side * side;
        using var memory = device.Backend.Allocate(3 * length * sizeof(float));
        View a = new(memory, 0, length), b = new(memory, length, length), y = new(memory, 2 * length, length);
        device.Backend.Elementwise.Fill(a, 1);
        device.Backend.Elementwise.Fill(b, 1);
        var geometry = MatMulGeometry.Dense(side, side, side, transposeB: true);
        var seconds = Best(device, () => device.Backend.MatMul.Multiply(geometry, a, b, View.None, Activation.None, y), cancel);
        return (geometry.Flops / seconds, seconds, geometry.Bytes);
    }

    // Of several rows per channel, so that to round the weight is little beside the product.
    private static (double Rate, double Seconds, long Bytes) OneTap(Device device, int side, CancellationToken cancel)
    {
        var (backend, tap, type) = (device.Backend, Extent3.Cube(1), device.Backend.VolumeType);
        var geometry = new Conv3dGeometry(1, new(RowsOfChannel, 1, side), side, side, tap, tap, Extent3.Cube(0), type);
        var length = (long)RowsOfChannel * side * side;
        using var volumes = backend.Allocate(2 * length * type.Bytes());
        using var floats = backend.Allocate(geometry.WeightLength * sizeof(float));
        View x = new(volumes, 0, length, type), y = new(volumes, length, length, type);
        var weight = new View(floats, 0, geometry.WeightLength);
        backend.Elementwise.Fill(x, 1);
        backend.Elementwise.Fill(weight, 1);
        var seconds = Best(device, () => backend.Conv3d.Forward(geometry, x, weight, View.None, y), cancel);
        return (geometry.Flops / seconds, seconds, geometry.Bytes);
    }

    private static double Best(Device device, Action work, CancellationToken cancel)
    {
        device.Time(work);
        var best = double.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            cancel.ThrowIfCancellationRequested();
            best = Math.Min(best, device.Time(work).TotalSeconds);
        }

        return best;
    }
}
