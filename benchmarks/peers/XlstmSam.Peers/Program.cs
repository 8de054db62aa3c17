using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Reports;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Peers.Loading;

namespace XlstmSam.Peers;

/// <summary>bench cpu: our kernels and our model beside libtorch's, in one process and in turns.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    public static int Main(string[] arguments)
    {
        try
        {
            return Compare(PeerOptions.Parse(arguments));
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return BadUsage;
        }
        catch (Exception e) when (e is PeerUnavailableException or DisagreementException)
        {
            Console.Error.WriteLine($"bench cpu: {e.Message}");
            return Failed;
        }
    }

    private static int Compare(PeerOptions options)
    {
        Libtorch.Load(options.Threads);
        using var backend = new CpuBackend(options.Threads);
        var effort = options.Quick ? Effort.Quick : Effort.Full;
        var machine = Machine.Describe(options.Threads, $"ours {Machine.Vectors}, {Libtorch.Name} {Libtorch.Vectors}", PeakRate.Measure(options.Threads));
        Console.WriteLine(machine);
        Console.WriteLine($"Medians of rounds in turns: ours, {Libtorch.Name}, how many times faster ours is; then processor time of all threads.");
        var rows = new List<Row>();
        foreach (var work in WorkCatalog.All.Where(work => work.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase)))
        {
            rows.Add(OpComparison.Run(work, backend, effort));
            Comparison.Print(rows[^1]);
        }

        if (rows.Count == 0)
        {
            throw new ArgumentException($"bench cpu: no row's name contains '{options.Filter}'.");
        }

        if (options.Json is { } path)
        {
            new Report(machine, rows).Save(path);
        }

        return 0;
    }
}
