using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Runtime;

/// <summary>Precisions as --precision says them: fp32, tf32, and so on for every member of the enumeration.</summary>
public static class PrecisionText
{
    /// <summary>How the processor multiplies.</summary>
    public const string OfProcessor = "fp32";

    public static IEnumerable<string> All => Enum.GetValues<CudaPrecision>().Select(Of);

    public static string Of(CudaPrecision precision) =>
        precision.ToString().ToLowerInvariant().Replace("bfloat", "bf", StringComparison.Ordinal).Replace("float", "fp", StringComparison.Ordinal);

    /// <returns>Null for a text that names none.</returns>
    public static CudaPrecision? Find(string? text)
    {
        foreach (var precision in Enum.GetValues<CudaPrecision>())
        {
            if (Of(precision).Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return precision;
            }
        }

        return null;
    }
}
