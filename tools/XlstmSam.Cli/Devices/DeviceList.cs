using XlstmSam.Cli.Text;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Cli.Devices;

/// <summary>All devices of this machine, usable or not.</summary>
/// <param name="NoCards">Why there are no cards; null if there are some.</param>
internal sealed record DeviceList(IReadOnlyList<DeviceReport> Devices, string? NoCards)
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

    public void Print(Terminal terminal)
    {
        foreach (var device in Devices)
        {
            terminal.Print($"{device.Name}: {device.Model}");
            foreach (var (key, text) in device.Details)
            {
                terminal.Print($"  {key,-12} {text}");
            }
        }

        if (NoCards is not null)
        {
            terminal.Print($"cuda: {NoCards}");
        }
    }

    public void PrintJson(Terminal terminal) => JsonOutput.Print(terminal, writer =>
    {
        writer.WriteStartArray("devices");
        foreach (var device in Devices)
        {
            writer.WriteStartObject();
            device.Write(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (NoCards is not null)
        {
            writer.WriteString("noCards", NoCards);
        }
    });
}
