using System.Diagnostics;
using System.IO.Enumeration;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.KernelCompiler.Gate;

/// <summary>
/// Assembles every kernel for every architecture and holds it to the rules: no spills, no stack frame, registers and shared memory for two blocks per
/// multiprocessor at least.
/// </summary>
internal static class GateRun
{
    private const int LeastBlocks = 2;

    /// <returns>The exit code: 1 if a kernel breaks a rule.</returns>
    public static int Run(string bundle, string ptxas, string exceptionsFile, string pattern, TextWriter output)
    {
        var kernels = Bundle.Read(bundle).Values.Where(kernel => FileSystemName.MatchesSimpleExpression(pattern, kernel.Entry.Name)).ToArray();
        var exceptions = new GateExceptions(exceptionsFile);
        var cache = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(ptxas))!, "results");
        var version = FileVersion(ptxas);
        var results = new Assembly[kernels.Length, Card.All.Count];
        Parallel.For(0, results.Length, i =>
        {
            var (kernel, card) = Math.DivRem(i, Card.All.Count);
            results[kernel, card] = Assembly.Of(ptxas, version, cache, Card.All[card].Target, kernels[kernel].Ptx);
        });

        output.WriteLine(
            $"{"kernel",-58} threads  shared   registers and blocks per multiprocessor ({string.Join(", ", Card.All.Select(card => card.Target))})");
        var broken = new List<string>();
        for (var k = 0; k < kernels.Length; k++)
        {
            var entry = kernels[k].Entry;
            var cells = Card.All.Select((card, c) => Cell(entry, card, results[k, c], exceptions, broken)).ToArray();
            output.WriteLine($"{entry.Name,-58} {entry.Threads,7} {entry.SharedBytes + entry.DynamicSharedBytes,7}   {string.Join("  ", cells)}");
        }

        broken.AddRange(pattern == "*" ? exceptions.Idle.Select(line => $"Gate exceptions: no kernel needs '{line}'.") : []);
        broken.ForEach(output.WriteLine);
        output.WriteLine(
            $"Gate: {kernels.Length} kernels for {Card.All.Count} architectures, " +
            $"{(broken.Count == 0 ? "all within the rules" : $"{broken.Count} violations")}.");
        return kernels.Length > 0 && broken.Count == 0 ? 0 : 1;
    }

    private static string Cell(KernelEntry entry, Card card, Assembly assembly, GateExceptions exceptions, List<string> broken)
    {
        if (assembly.Refusal is { } refusal)
        {
            broken.Add($"{entry.Name}: ptxas refuses it for {card.Target}: {refusal}");
            return "   -   -";
        }

        var resident = card.Resident(entry.Threads, assembly.Registers, entry.SharedBytes + entry.DynamicSharedBytes);
        Demand(assembly.SpillBytes == 0, "spill", $"spills {assembly.SpillBytes} bytes of registers; use fewer, or fewer blocks in [CudaKernel]");
        Demand(assembly.StackBytes == 0, "stack", $"has a stack frame of {assembly.StackBytes} bytes; arrays and addresses of locals make one");
        Demand(
            entry.Threads * assembly.Registers <= Card.Registers && resident >= LeastBlocks,
            "blocks",
            $"{resident} blocks fit on a multiprocessor with {assembly.Registers} registers a thread; {LeastBlocks} are expected");
        return $"{assembly.Registers,4} {resident,3}";

        void Demand(bool holds, string rule, string message)
        {
            if (!holds && !exceptions.Allows(entry.Name, rule))
            {
                broken.Add($"{entry.Name}, {card.Target}: {message}.");
            }
        }
    }

    private static string FileVersion(string ptxas)
    {
        using var process = Process.Start(new ProcessStartInfo(ptxas, ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}
