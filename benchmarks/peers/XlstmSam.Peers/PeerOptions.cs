using System.Globalization;

namespace XlstmSam.Peers;

/// <summary>A command line that means nothing.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What was asked for on the command line.</summary>
/// <param name="Filter">Only rows whose name contains this.</param>
/// <param name="Json">Where the report goes, or null.</param>
/// <param name="Isa">The instructions that both sides are held to: best, or avx2. Both read it from the environment, which the script sets.</param>
internal sealed record PeerOptions(string Filter, string? Json, int Threads, bool Quick, string Isa)
{
    public bool Wants(string name) => name.Contains(Filter, StringComparison.OrdinalIgnoreCase);

    public static PeerOptions Parse(string[] arguments)
    {
        var options = new PeerOptions("", null, Environment.ProcessorCount, Quick: false, Isa: "best");
        for (var a = 0; a < arguments.Length; a++)
        {
            string Value() => ++a < arguments.Length ? arguments[a] : throw new UsageException($"bench cpu: {arguments[a - 1]} needs a value.");
            options = arguments[a] switch
            {
                "--filter" => options with { Filter = Value() },
                "--json" => options with { Json = Value() },
                "--threads" => options with { Threads = Count(Value()) },
                "--quick" => options with { Quick = true },
                "--isa" =>
                    options with
                    {
                        Isa = Value() is "best" or "avx2"
                            ? arguments[a]
                            : throw new UsageException($"bench cpu: --isa is '{arguments[a]}'; expected best or avx2."),
                    },
                var unknown =>
                    throw new UsageException(
                        $"bench cpu: '{unknown}' is unknown; expected --json FILE, --filter TEXT, --threads N, --isa best|avx2, --quick, or --scaling alone."),
            };
        }

        return options;
    }

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1024
            ? count
            : throw new UsageException($"bench cpu: --threads is '{text}'; expected a number from 1 to 1024.");
}
