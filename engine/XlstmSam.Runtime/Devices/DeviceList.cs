using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Runtime;

/// <summary>All devices of this machine, usable or not.</summary>
/// <param name="NoCards">Why there are no cards; null if there are some.</param>
public sealed record DeviceList(IReadOnlyList<DeviceReport> Devices, string? NoCards)
{
    public static DeviceList OfMachine(int threads)
    {
        using var processor = new ProcessorDevice(threads, ConvMethod.Auto);
        try
        {
            DeviceReport[] cards = [.. CudaCard.All().Select(CardReport.Of)];
            return new([processor.Report, .. cards], cards.Length > 0 ? null : "The NVIDIA driver sees no card: check nvidia-smi and CUDA_VISIBLE_DEVICES.");
        }
        catch (DeviceException exception)
        {
            return new([processor.Report], exception.Message);
        }
    }
}
