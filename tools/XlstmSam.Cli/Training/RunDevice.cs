using System.Text.Json;
using XlstmSam.Cli.Text;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Training;

namespace XlstmSam.Cli.Training;

/// <summary>What a run is computed on. Kept in the run folder as device.json: a resumed run has the bits of an uninterrupted one only on the same.</summary>
/// <param name="Device">"cpu", or the card's model.</param>
/// <param name="Driver">The version of CUDA of the card's driver, which compiles the kernels: another may round otherwise. Null for a run on the
/// processor.</param>
internal sealed record RunDevice(string Device, string Precision, string? Driver)
{
    private const string FileName = "device.json";

    /// <summary>How a card multiplied; null for a run on the processor.</summary>
    public CudaPrecision? CardPrecision => Device == "cpu" ? null : PrecisionText.Find(Precision);

    public static RunDevice Of(Device device) => new(device.SharesHostMemory ? "cpu" : device.Report.Model, device.Precision, device.DriverVersion);

    public void Save(RunFolder run) => JsonOutput.Save(run.In(FileName), writer =>
    {
        writer.WriteString("device", Device);
        writer.WriteString("precision", Precision);
        if (Driver is not null)
        {
            writer.WriteString("driver", Driver);
        }
    });

    /// <summary>What the run folder says, or null where it says nothing that can be read.</summary>
    public static RunDevice? Find(RunFolder run)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(run.In(FileName)));
            var root = document.RootElement;
            var driver = root.TryGetProperty("driver", out var version) ? version.GetString() : null;
            return new(root.GetProperty("device").GetString() ?? "", root.GetProperty("precision").GetString() ?? "", driver);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public override string ToString() => $"{Device} in {Precision}{(Driver is null ? "" : $" under a driver of CUDA {Driver}")}";
}
