using System.Globalization;
using System.Text.RegularExpressions;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.KernelCompiler;

/// <summary>What is read from and changed in the text of compiled kernels.</summary>
internal static partial class PtxText
{
    /// <summary>Makes the text depend on the kernel alone: ILGPU numbers names and labels through the whole process.</summary>
    public static string Renumbered(string ptx)
    {
        var numbers = new Dictionary<string, string>();
        return NumberedName().Replace(ptx.ReplaceLineEndings("\n"), match =>
        {
            if (!numbers.TryGetValue(match.Value, out var name))
            {
                numbers[match.Value] = name = match.Groups["stem"].Value + numbers.Count.ToString(CultureInfo.InvariantCulture);
            }

            return name;
        });
    }

    /// <summary>
    /// Takes back the promise that all threads of a warp branch alike. ILGPU makes it for every value that was in local memory, such as a
    /// result of inline PTX, where it need not hold; ptxas finds out for itself.
    /// </summary>
    public static string WithoutUniformBranches(string ptx) => GuardedUniformBranch().Replace(ptx, "${guard}bra");

    /// <summary>Aligns dynamic shared memory for the widest accesses; ILGPU aligns it for its elements.</summary>
    public static string WithWideShared(string ptx) => DynamicShared().Replace(ptx, "${start}16");

    public static IReadOnlyList<KernelParameter> Parameters(string ptx)
    {
        var (parameters, end) = (new List<KernelParameter>(), 0);
        foreach (Match match in Parameter().Matches(EntryHeader().Match(ptx).Value))
        {
            var bytes = match.Groups["bits"].Success ? Number(match, "bits") / 8 : Number(match, "bytes");
            var alignment = match.Groups["bits"].Success ? bytes : Number(match, "align");
            var offset = (end + alignment - 1) / alignment * alignment;
            parameters.Add(new(offset, bytes));
            end = offset + bytes;
        }

        return parameters;
    }

    /// <summary>Static shared memory, each array at its alignment.</summary>
    public static int SharedBytes(string ptx)
    {
        var end = 0;
        foreach (Match match in SharedArray().Matches(ptx))
        {
            var alignment = Number(match, "align");
            end = ((end + alignment - 1) / alignment * alignment) + (Number(match, "count") * Number(match, "bits") / 8);
        }

        return end;
    }

    public static string Target(string ptx) => TargetLine().Match(ptx).Groups["target"].Value;

    /// <summary>A function that is declared and not defined, as ILGPU leaves those it knows no PTX for; null if there is none.</summary>
    public static string? Unresolved(string ptx) => ExternalFunction().Match(ptx) is { Success: true } match ? match.Groups["name"].Value : null;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![%\w.])(?!sm_)(?<stem>[A-Za-z_]\w*?_)\d+\b")]
    private static partial Regex NumberedName();

    [GeneratedRegex(@"(?<guard>@!?%p\d+\s+)bra\.uni\b")]
    private static partial Regex GuardedUniformBranch();

    [GeneratedRegex(@"\.visible \.entry [^{]*")]
    private static partial Regex EntryHeader();

    [GeneratedRegex(@"\.param (?:\.align (?<align>\d+) \.b8 \w+\[(?<bytes>\d+)\]|\.[bfsu](?<bits>\d+) \w+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?<!\.extern )\.shared \.align (?<align>\d+) \.[bfsu](?<bits>\d+) \w+\[(?<count>\d+)\]")]
    private static partial Regex SharedArray();

    [GeneratedRegex(@"(?<start>\.extern \.shared \.align )\d+")]
    private static partial Regex DynamicShared();

    [GeneratedRegex(@"^\.target (?<target>\w+)", RegexOptions.Multiline)]
    private static partial Regex TargetLine();

    [GeneratedRegex(@"\.extern \.func (?:\([^)]*\) )?(?<name>\w+)")]
    private static partial Regex ExternalFunction();
}
