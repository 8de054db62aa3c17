using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Runtime;

/// <summary>A CUDA card with memory of its own.</summary>
public sealed class CardDevice : Device
{
    // Sixteen captures (as many as a PlannedPass keeps) of 6,338 launches (a step of `paper`) at 2 KiB for each launch's arguments and place in
    // the order, 200 MiB, and the code of the kernels. What a context takes is not free to begin with.
    private const long LaunchesAndCode = 256L << 20;
    private readonly CudaBackend backend;
    private readonly CudaPrecision precision;
    private readonly DriverDevice card;
    private CudaStopwatch? stopwatch;

    private CardDevice(DriverDevice card, CudaPrecision precision) => (this.card, this.precision, backend) = (card, precision, new(card, precision));

    public override IBackend Backend => backend;

    public override DeviceReport Report => new CardReport(card.Name, card.Model, card.Capability, card.Multiprocessors, card.FreeBytes, card.TotalBytes, Unusable: null);

    public override string Precision => PrecisionText.Of(precision);

    public override string? DriverVersion => card.DriverVersion;

    public override int OperandBits => precision switch
    {
        CudaPrecision.Float32 => 24,
        CudaPrecision.Tf32 => 11,
        _ => 8,
    };

    public override bool SharesHostMemory => false;

    public override long FreeBytes => card.FreeBytes;

    public override long DriverBytes => LaunchesAndCode;

    public override long TakenBytes => backend.HeldBytes;

    public override long PeakBytes => backend.PeakBytes;

    /// <summary>Between two marks in the card's own order of work, so that waiting for the last does not count.</summary>
    public override TimeSpan Time(Action work)
    {
        stopwatch ??= new(card);
        stopwatch.Start();
        work();
        return stopwatch.Stop();
    }

    public override void Dispose()
    {
        stopwatch?.Dispose();
        base.Dispose();
    }

    /// <param name="index">As in <c>cuda:0</c>.</param>
    /// <exception cref="DeviceException">No driver, no such card, or too old a one of either.</exception>
    public static CardDevice Open(int index, CudaPrecision precision) => new(DriverDevice.Open(index), precision);

    /// <summary>The first card that is new enough.</summary>
    /// <exception cref="DeviceException">There is none.</exception>
    public static CardDevice OpenFirst(CudaPrecision precision) => Open(CudaCard.All().FirstOrDefault(found => found.IsSupported)?.Index ?? 0, precision);
}
