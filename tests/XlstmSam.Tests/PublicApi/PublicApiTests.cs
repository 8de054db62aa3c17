using System.Reflection;

namespace XlstmSam.Tests.PublicApi;

/// <summary>What the packages offer is what is written down: a change of a public member shows in the diff of tests/XlstmSam.Tests/PublicApi.</summary>
public sealed class PublicApiTests
{
    private const string RefreshVariable = "XSAM_REFRESH_API";
    private const string Refresh = $"{RefreshVariable}=1 dotnet tests/XlstmSam.Tests/bin/Release/net10.0/XlstmSam.Tests.dll -class '*PublicApiTests'";

    public static TheoryData<string> Packages =>
    [
        "XlstmSam.Files", "XlstmSam.Imaging", "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Kernels.Cuda",
        "XlstmSam.Engine", "XlstmSam.Models", "XlstmSam.Runtime",
    ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void ThePublicMembersAreThoseWrittenDown(string package)
    {
        var actual = PublicApiListing.Of(Assembly.Load(package));
        var file = Path.Combine(SharedData.RepositoryRoot, "tests", "XlstmSam.Tests", "PublicApi", package + ".txt");
        if (Environment.GetEnvironmentVariable(RefreshVariable) == "1")
        {
            File.WriteAllText(file, actual);
        }

        var written = File.Exists(file) ? File.ReadAllText(file) : "";
        var (gone, added) = (Difference(written, actual), Difference(actual, written));
        Assert.True(
            written == actual,
            $"The public API of {package} is not the one in {Path.GetFileName(file)}. Gone or changed:\n{gone}\nNew:\n{added}\nWhere this is meant, write " +
            $"it down with\n  {Refresh}\nand tell users in CHANGELOG.md.");
    }

    [Fact]
    public void EveryPackageIsListed()
    {
        var projects = Directory.EnumerateFiles(SharedData.RepositoryRoot, "XlstmSam.*.csproj", SearchOption.AllDirectories);
        var packable = projects.Where(project => File.ReadAllText(project).Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal));
        Assert.Equal(Packages.Select(row => row.Data).Order(), packable.Select(Path.GetFileNameWithoutExtension).Order());
    }

    private static string Difference(string left, string right) =>
        string.Join('\n', left.Split('\n').Except(right.Split('\n')).Take(20).Select(line => "  " + line.Trim()));
}
