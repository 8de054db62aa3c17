using System.IO.Enumeration;

namespace XlstmSam.KernelCompiler.Gate;

/// <summary>The kernels that may break a rule: lines "kernel rule reason", where the kernel may hold * and the rule is stack, spill or blocks.</summary>
internal sealed class GateExceptions
{
    private readonly List<(string Kernel, string Rule, string Line)> lines;
    private readonly HashSet<string> used = [];

    public GateExceptions(string path)
    {
        lines = [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(Parsed)];
    }

    /// <summary>Exceptions that no kernel needed: they should go.</summary>
    public IEnumerable<string> Idle => lines.Select(line => line.Line).Where(line => !used.Contains(line));

    public bool Allows(string kernel, string rule)
    {
        var matches = lines.Where(line => line.Rule == rule && FileSystemName.MatchesSimpleExpression(line.Kernel, kernel)).ToArray();
        used.UnionWith(matches.Select(match => match.Line));
        return matches.Length > 0;
    }

    private static (string Kernel, string Rule, string Line) Parsed(string line) =>
        line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [var kernel, ("stack" or "spill" or "blocks") and var rule, _]
        ? (kernel, rule, line)
        : throw new FormatException($"Gate exceptions: '{line}'; expected: kernel, then stack, spill or blocks, then the reason.");
}
