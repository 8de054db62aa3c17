using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace XlstmSam.KernelCompiler.Gate;

/// <summary>What ptxas made of one kernel for one architecture; what it said where it refused.</summary>
internal sealed partial record Assembly(int Registers, int StackBytes, int SpillBytes, string? Refusal)
{
    /// <summary>Runs ptxas, or reads what it said of the same text before.</summary>
    /// <param name="ptxas">The program.</param>
    /// <param name="version">Its version: another one may say something else.</param>
    /// <param name="cache">The folder of earlier results.</param>
    /// <param name="target">The architecture.</param>
    /// <param name="ptx">The text.</param>
    public static Assembly Of(string ptxas, string version, string cache, string target, string ptx)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{version}\n{target}\n{ptx}")))[..32];
        var known = Path.Combine(cache, key);
        if (File.Exists(known))
        {
            return Parsed(File.ReadAllText(known));
        }

        var said = Run(ptxas, target, ptx);
        Directory.CreateDirectory(cache);
        var temporary = $"{known}.{Environment.ProcessId}";
        File.WriteAllText(temporary, said);
        File.Move(temporary, known, overwrite: true);
        return Parsed(said);
    }

    private static string Run(string ptxas, string target, string ptx)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, ptx);
            var start = new ProcessStartInfo(ptxas, ["-v", $"-arch={target}", file, "-o", "/dev/null"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd() + output.Result;
            process.WaitForExit();
            return process.ExitCode == 0 ? errors : $"refused: {errors}";
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Assembly Parsed(string said)
    {
        if (said.StartsWith("refused: ", StringComparison.Ordinal))
        {
            return new(0, 0, 0, said.ReplaceLineEndings(" "));
        }

        return new(Largest(Used().Matches(said)), Largest(Stack().Matches(said)), Largest(Spill().Matches(said)), null);
    }

    private static int Largest(MatchCollection matches) =>
        matches.Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex Used();

    [GeneratedRegex(@"(\d+) bytes stack frame")]
    private static partial Regex Stack();

    [GeneratedRegex(@"(\d+) bytes spill")]
    private static partial Regex Spill();
}
