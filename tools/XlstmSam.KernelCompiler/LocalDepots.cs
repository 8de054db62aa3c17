using System.Text.RegularExpressions;

namespace XlstmSam.KernelCompiler;

/// <summary>
/// Turns local memory of one scalar into a register. ILGPU gives every result of inline PTX such a slot, and ptxas keeps a stack frame for
/// those it cannot see through. A slot whose address is used for anything but loads and stores stays.
/// </summary>
internal static partial class LocalDepots
{
    public static string Promote(string ptx)
    {
        foreach (Match depot in Declaration().Matches(ptx))
        {
            ptx = Promoted(
                ptx, depot.Value, depot.Groups["name"].Value, 8 * int.Parse(depot.Groups["bytes"].Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        return ptx;
    }

    private static string Promoted(string ptx, string declaration, string name, int bits)
    {
        var address = Regex.Match(ptx, $@"^\tmov\.b64\t(?<register>%rd\d+), {name};\n", RegexOptions.Multiline);
        var register = Regex.Escape(address.Groups["register"].Value);
        var accesses = Regex.Matches(
            ptx,
            $@"^\t(?:ld\.local\.(?<type>[bfsu]{bits})\t(?<to>%\w+), \[{register}\]|st\.local\.(?<type>[bfsu]{bits})\t\[{register}\], (?<from>[%\w]+));",
            RegexOptions.Multiline);
        if (!address.Success || Regex.Count(ptx, $@"\b{name}\b") != 2 || Regex.Count(ptx, $@"{register}\b") != accesses.Count + 1)
        {
            return ptx;
        }

        var types = accesses.Select(access => access.Groups["type"].Value).Distinct().ToArray();
        var type = types is [var only] ? only : $"b{bits}";
        var value = name.Replace("__local_depot", "%slot", StringComparison.Ordinal);
        foreach (var text in accesses.Select(access => (access.Value, To: access.Groups["to"].Value, From: access.Groups["from"].Value)).Distinct())
        {
            ptx = ptx.Replace(
                text.Value,
                text.To.Length > 0 ? $"\tmov.{type}\t{text.To}, {value};" : $"\tmov.{type}\t{value}, {Bits(text.From, type)};",
                StringComparison.Ordinal);
        }

        return ptx.Replace(address.Value, "", StringComparison.Ordinal).Replace(declaration, $"\t.reg .{type}\t{value};", StringComparison.Ordinal);
    }

    /// <summary>A constant that is written as a float, for a register that holds bits.</summary>
    private static string Bits(string operand, string type) => type[0] == 'b' ? FloatConstant().Replace(operand, "0x") : operand;

    [GeneratedRegex(@"^\t\.local \.align \d+ \.b8 (?<name>__local_depot\d+)\[(?<bytes>[48])\];", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("^0[fd](?=[0-9A-Fa-f]{8})")]
    private static partial Regex FloatConstant();
}
