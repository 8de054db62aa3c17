using System.Globalization;
using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Reports;

namespace XlstmSam.Peers;

/// <summary>How a row is made and shown.</summary>
internal static class Comparison
{
    public static Row RowOf(string name, string shape, string preset, string peer, Timing ours, Timing theirs) =>
        new(name, shape, preset, peer, ours.Median, theirs.Median, ours.Processor, theirs.Processor, theirs.Median / ours.Median);

    public static void Print(Row row)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Name,-52} {row.OursMs,10:0.000} {row.PeerMs,10:0.000} ms   x{row.Ratio,-6:0.00} cpu {row.OursCpuMs,10:0.000} {row.PeerCpuMs,10:0.000} ms " +
            $"  x{row.PeerCpuMs / row.OursCpuMs,-6:0.00} {row.Peer}"));
        if (row is { OursPeakBytes: { } ours, PeerPeakBytes: { } peer })
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture, $"{"",-52} {ours / 1048576.0,10:0} {peer / 1048576.0,10:0} MiB  x{peer / (double)ours:0.00} at the peak"));
        }
    }
}
