using System.Text.Json;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Runtime;

/// <summary>A card that the driver sees.</summary>
/// <param name="Capability">The compute capability, times ten.</param>
/// <param name="FreeBytes">Null where the card cannot be asked.</param>
/// <param name="Unusable">Why it cannot be used; null if it can.</param>
public sealed record CardReport(
    string Name, string Model, int Capability, int Multiprocessors, long? FreeBytes, long TotalBytes, string? Unusable) : DeviceReport(Name, Model)
{
    public override string Summary => $"{Name}: {Model}, compute capability {CapabilityText}, {Multiprocessors} multiprocessors, {Memory}";

    public override IEnumerable<(string Key, string Text)> Details =>
    [
        ("capability", $"{CapabilityText}, {Multiprocessors} multiprocessors"),
        ("memory", Memory),
        ("usable", Unusable is null ? "yes" : $"no: {Unusable}"),
    ];

    private string CapabilityText => $"{Capability / 10}.{Capability % 10}";

    private string Memory => FreeBytes is { } free ? $"{Units.Bytes(free)} free of {Units.Bytes(TotalBytes)}" : Units.Bytes(TotalBytes);

    public static CardReport Of(CudaCard card)
    {
        try
        {
            using var device = DriverDevice.Open(card.Index);
            return Of(card, device.FreeBytes, unusable: null);
        }
        catch (DeviceException exception)
        {
            return Of(card, freeBytes: null, exception.Message);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("name", Name);
        writer.WriteString("model", Model);
        writer.WriteString("capability", CapabilityText);
        writer.WriteNumber("multiprocessors", Multiprocessors);
        if (FreeBytes is { } free)
        {
            writer.WriteNumber("freeBytes", free);
        }

        writer.WriteNumber("totalBytes", TotalBytes);
        writer.WriteBoolean("usable", Unusable is null);
        if (Unusable is not null)
        {
            writer.WriteString("reason", Unusable);
        }
    }

    private static CardReport Of(CudaCard card, long? freeBytes, string? unusable) =>
        new(card.Name, card.Model, card.Capability, card.Multiprocessors, freeBytes, card.TotalBytes, unusable);
}
