using System.Globalization;

namespace XlstmSam.Runtime;

/// <summary>Numbers as people read them.</summary>
public static class Units
{
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    /// <summary>1234567 as 1,234,567.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Billions, as 1.234 G.</summary>
    public static string Giga(long value) => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:F3} G");

    public static string Fixed(double value, int decimals) => double.IsFinite(value) ? value.ToString($"F{decimals}", CultureInfo.InvariantCulture) : "-";

    /// <summary>Small numbers, as 1.5E-7.</summary>
    public static string Scientific(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);

    /// <summary>One digit, as 2E-3.</summary>
    public static string Short(double value) => value.ToString("0E+0", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s");

    /// <summary>A time to wait: 45s, 2m05s, 1h02m.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):F0}s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds:D2}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}h{time.Minutes:D2}m"),
    };
}
