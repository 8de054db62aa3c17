using System.Globalization;

namespace XlstmSam.Runtime;

/// <summary>The most memory that this process held at any time.</summary>
public static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string Key = "VmHWM:";

    /// <summary>Resident bytes, program and libraries included.</summary>
    public static long Bytes
    {
        get
        {
            var line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
            var kibibytes = line?[Key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
            return long.TryParse(kibibytes, CultureInfo.InvariantCulture, out var value) ? value * 1024 : Environment.WorkingSet;
        }
    }
}
