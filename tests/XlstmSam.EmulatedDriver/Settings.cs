using System.Globalization;

namespace XlstmSam.EmulatedDriver;

/// <summary>What the environment says the driver and its cards are.</summary>
/// <param name="Version">As cuDriverGetVersion gives it.</param>
/// <param name="Capability">The compute capability, times ten.</param>
/// <param name="MemoryBytes">Of each card.</param>
internal sealed record Settings(int Version, int Capability, int Cards, long MemoryBytes)
{
    // Few, so that loops over the grid go round more than once.
    public const int Multiprocessors = 2;

    public static Settings FromEnvironment() => new(
        (int)Number("XSAM_DRIVER_VERSION", 12040), (int)Number("XSAM_DRIVER_CAPABILITY", 80), (int)Number("XSAM_DRIVER_CARDS", 1),
        Number("XSAM_DRIVER_MEMORY", 4L << 30));

    private static long Number(string variable, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
