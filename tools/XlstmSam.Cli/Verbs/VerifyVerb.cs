using System.CommandLine;
using XlstmSam.Cli.Text;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Cli.Verbs;

/// <summary>verify: every op, forward and backward, against its definition on this device.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Option<string?> filter = new("--filter") { Description = "Only cases whose op or name contains this.", HelpName = "TEXT" };
    private readonly Option<bool> quiet = new("--quiet") { Description = "One line per op instead of one per case." };
    private readonly Option<bool> json = new("--json") { Description = "Print JSON." };

    public VerifyVerb()
        : base(
            "verify",
            "Checks every op of a device against its definition in double precision, gradients included, and that it gives the same bits wherever its memory lies; prints error and bound.",
            "xsam-engine verify",
            "xsam-engine verify --quiet --device cpu --threads 1",
            "xsam-engine verify --filter MlstmScan",
            "xsam-engine verify --device cuda --precision tf32 --quiet")
    {
        Add(filter);
        Add(quiet);
        Add(json);
    }

    public override int Run(VerbContext context)
    {
        var wanted = context.Get(filter);
        if (!Matching(Catalog.Families, wanted).Any())
        {
            throw new UsageException($"--filter '{wanted}' matches no case; the ops are {string.Join(", ", Catalog.Families.Select(family => family.Stem))}.");
        }

        using var device = context.OpenDevice(CudaPrecision.Float32);
        var families = Matching(Catalog.Rounded(device.OperandBits), wanted);
        var results = new List<(string Stem, CaseResult Result)>();
        foreach (var (stem, _, cases) in families)
        {
            var first = results.Count;
            foreach (var op in cases)
            {
                context.Cancel.ThrowIfCancellationRequested();
                results.Add((stem, CaseRunner.Run(device.Backend, op)));
                Report(context, results[^1].Result);
            }

            ReportFamily(context, stem, [.. results.Skip(first).Select(r => r.Result)]);
        }

        var failed = results.Count(r => !r.Result.Passed);
        if (context.Get(json))
        {
            Print(context.Terminal, device, results);
        }
        else
        {
            context.Terminal.Print($"{device.Backend.Name} in {device.Precision}: {results.Count - failed} passed, {failed} failed");
        }

        return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static IEnumerable<CaseFamily> Matching(IReadOnlyList<CaseFamily> families, string? wanted) => families
        .Select(family => family with { Cases = [.. family.Cases.Where(op => wanted is null || Matches(family.Stem, wanted) || Matches(op.Name, wanted))] })
        .Where(family => family.Cases.Count > 0);

    private static bool Matches(string name, string wanted) => name.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private void Report(VerbContext context, CaseResult result)
    {
        if (!context.Get(json) && !context.Get(quiet))
        {
            context.Terminal.Print($"{(result.Passed ? "ok  " : "FAIL")} {result.Name}: forward {Of(result.ForwardError, result.ForwardBound)}, gradient {Of(result.GradientError, result.GradientBound)}");
        }

        if (!result.Passed)
        {
            context.Say(result.Message.TrimEnd());
        }
    }

    private void ReportFamily(VerbContext context, string stem, CaseResult[] results)
    {
        if (!context.Get(json) && context.Get(quiet))
        {
            var forward = results.MaxBy(r => r.ForwardError / r.ForwardBound)!;
            var gradient = results.MaxBy(r => r.GradientError / r.GradientBound)!;
            context.Terminal.Print(
                $"{stem}: {results.Count(r => r.Passed)} of {results.Length} passed; closest to a bound: forward {Of(forward.ForwardError, forward.ForwardBound)}, gradient {Of(gradient.GradientError, gradient.GradientBound)}");
        }
    }

    private static string Of(double error, double bound) => $"{Units.Scientific(error)} of {Units.Scientific(bound)}";

    private static void Print(Terminal terminal, Device device, List<(string Stem, CaseResult Result)> results) => JsonOutput.Print(terminal, writer =>
    {
        writer.WriteString("device", device.Backend.Name);
        writer.WriteString("precision", device.Precision);
        writer.WriteNumber("passed", results.Count(r => r.Result.Passed));
        writer.WriteNumber("failed", results.Count(r => !r.Result.Passed));
        writer.WriteStartArray("cases");
        foreach (var (stem, result) in results)
        {
            writer.WriteStartObject();
            writer.WriteString("op", stem);
            writer.WriteString("name", result.Name);
            writer.WriteBoolean("passed", result.Passed);
            writer.WriteFinite("forwardError", result.ForwardError);
            writer.WriteFinite("forwardBound", result.ForwardBound);
            writer.WriteFinite("gradientError", result.GradientError);
            writer.WriteFinite("gradientBound", result.GradientBound);
            writer.WriteString("message", result.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
