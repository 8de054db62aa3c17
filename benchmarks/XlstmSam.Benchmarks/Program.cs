using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace XlstmSam.Benchmarks;

/// <summary>bench kernels: our kernels alone, a row each. bench cpu --scaling: how cost grows with the work and falls with threads.</summary>
public static class Program
{
    private const int BadUsage = 2;
    private const int WidestName = 80;

    public static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["kernels"]:
                return Kernels("*");
            case ["kernels", "--filter", var text]:
                return Kernels($"*{text}*");
            case ["scaling"]:
                Scaling.Run(Console.Out);
                return 0;
            default:
                Console.Error.WriteLine($"bench: '{string.Join(' ', arguments)}' is unknown; expected kernels [--filter TEXT] or cpu [options].");
                return BadUsage;
        }
    }

    // Short jobs in this process: what is measured spends its time in its own kernels, not in the harness, and no project is built for it.
    private static int Kernels(string glob)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(2).WithIterationCount(7).WithIterationTime(TimeInterval.FromMilliseconds(100));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job).AddLogger(ConsoleLogger.Default).AddColumnProvider(DefaultColumnProviders.Instance).AddExporter(MarkdownExporter.Console)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(WidestName))
                .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "xsam-bench")).WithOptions(ConfigOptions.DisableLogFile);
        var summaries = BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)]).Run(["--filter", glob], config);
        return summaries.Any(summary => summary.Reports.Length > 0) ? 0 : BadUsage;
    }
}
