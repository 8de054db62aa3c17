using System.Globalization;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Runtime;

/// <summary>What --device, --precision, --threads and --conv ask for.</summary>
/// <param name="Precision">Null where nobody says.</param>
/// <param name="Usual">The precision that a card then has.</param>
public sealed record DeviceRequest(string Name, CudaPrecision? Precision, CudaPrecision Usual, int Threads, ConvMethod Convolution);

/// <summary>The device that a request means on this machine, opened.</summary>
/// <param name="Reason">Which it is and why, where the request leaves that open; null otherwise.</param>
/// <param name="IsNews">True where the user may not expect it: a card was found, or one that might be there cannot be used.</param>
public sealed record DeviceChoice(Device Device, string? Reason, bool IsNews)
{
    private const string CardPrefix = "cuda:";

    public static DeviceChoice Of(DeviceRequest request)
    {
        var name = request.Name.ToLowerInvariant();
        return name switch
        {
            "auto" => Automatic(request),
            "cpu" => new(Processor(request, ""), null, false),
            "cuda" => new(CardDevice.Open(0, request.Precision ?? request.Usual), null, false),
            _ when name.StartsWith(CardPrefix, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(CardPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) =>
                new(CardDevice.Open(index, request.Precision ?? request.Usual), null, false),
            _ => throw new UsageException($"Device '{request.Name}' is not known; expected auto, cpu, cuda or cuda:N."),
        };
    }

    private static DeviceChoice Automatic(DeviceRequest request)
    {
        try
        {
            var card = CardDevice.OpenFirst(request.Precision ?? request.Usual);
            return new(card, $"Computing on {card.Report.Summary}, in {card.Precision}; --device cpu takes the processor instead.", IsNews: true);
        }
        catch (DeviceException exception)
        {
            return new(Processor(request, $" {exception.Message}"), $"Computing on the CPU: {exception.Message}", CudaCard.HasDriver);
        }
    }

    private static ProcessorDevice Processor(DeviceRequest request, string why) => request.Precision is null
        ? new(request.Threads, request.Convolution)
        : throw new UsageException($"--precision is for CUDA cards; the processor computes in {PrecisionText.OfProcessor} only.{why}");
}
