namespace XlstmSam.Benchmarks.Reports;

/// <summary>One comparison. Times are medians in milliseconds, processor times count all threads; ratio = peer / ours.</summary>
/// <param name="Name">Unique within a report.</param>
/// <param name="Preset">The model preset whose shape this is, or - for a shape of no preset.</param>
/// <param name="Peer">The peer and the form in which it was fastest.</param>
/// <param name="OursPeakBytes">Peak resident memory above the idle process, measured in a process of its own; null where that is not measured.</param>
public sealed record Row(
    string Name, string Shape, string Preset, string Peer, double OursMs, double PeerMs, double OursCpuMs, double PeerCpuMs, double Ratio,
    long? OursPeakBytes = null, long? PeerPeakBytes = null);
