using System.Reflection;
using System.Xml.Linq;

namespace XlstmSam.Tests.House;

/// <summary>Who knows whom: the compiled references of every assembly are those of the table, no more and no fewer, and packages are those that were
/// decided on.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["XlstmSam.Kernels"] = [],
        ["XlstmSam.Kernels.Cpu"] = ["XlstmSam.Kernels"],
        ["XlstmSam.Kernels.Cuda"] = ["XlstmSam.Kernels"],
        ["XlstmSam.Engine"] = ["XlstmSam.Kernels"],
        ["XlstmSam.OpCases"] = ["XlstmSam.Engine", "XlstmSam.Kernels"],
        ["XlstmSam.Files"] = [],
        ["XlstmSam.Imaging"] = ["XlstmSam.Files"],
        ["XlstmSam.Models"] = ["XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Imaging", "XlstmSam.Kernels"],
        ["XlstmSam.Runtime"] =
        [
            "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Kernels.Cuda", "XlstmSam.Models",
        ],
        ["XlstmSam.Training"] =
        [
            "K4os.Compression.LZ4", "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Imaging", "XlstmSam.Kernels", "XlstmSam.Models", "XlstmSam.Runtime",
        ],
        ["XlstmSam.Measuring"] = ["XlstmSam.Engine", "XlstmSam.Kernels", "XlstmSam.Models", "XlstmSam.Training"],
        ["XlstmSam.PtxInterpreter"] = [],
        ["XlstmSam.Benchmarks"] =
        [
            "BenchmarkDotNet", "BenchmarkDotNet.Annotations", "Perfolizer",
            "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Measuring", "XlstmSam.Models",
        ],
        ["xsam-engine"] =
        [
            "System.CommandLine",
            "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Imaging", "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Kernels.Cuda", "XlstmSam.Measuring",
            "XlstmSam.Models", "XlstmSam.OpCases", "XlstmSam.Runtime", "XlstmSam.Training",
        ],
    };

    public static TheoryData<string> Assemblies => new(Table.Keys);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void AnAssemblyReferencesExactlyWhatTheTableSays(string assembly)
    {
        var references = Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!).Where(name => !IsFramework(name)).ToArray();
        var (stray, unused) = (references.Except(Table[assembly]).ToArray(), Table[assembly].Except(references).ToArray());
        Assert.True(
            stray.Length == 0,
            $"{assembly} references {string.Join(", ", stray)}, which the table of DependencyTests and docs/architecture.md do not allow: remove the use or " +
            "change both.");
        Assert.True(unused.Length == 0, $"{assembly} does not use {string.Join(", ", unused)} any more: take it out of the table of DependencyTests.");
    }

    [Fact]
    public void EveryProductProjectIsInTheTable()
    {
        string[] folders = ["kernels", "engine", "training"];
        var projects = folders.SelectMany(Projects).Select(Path.GetFileNameWithoutExtension).Where(name => name != "XlstmSam.Kernels.Cuda.Source");
        Assert.Empty(projects.Except(Table.Keys));
    }

    /// <summary>A version that no project asks for, or a package that decision 2 does not name, has arrived or stayed behind unnoticed.</summary>
    [Fact]
    public void PackagesAreThoseOfTheDecisionAndEachIsUsed()
    {
        var versions = Names(Path.Combine(SharedData.RepositoryRoot, "Directory.Packages.props"), "PackageVersion").ToArray();
        var used = Projects("").SelectMany(project => Names(project, "PackageReference")).ToHashSet();
        Assert.Equal(versions.Order(), used.Order());
        var decision = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "decisions", "0002-packages.md"));
        Assert.Equal([], versions.Where(name => !decision.Contains(name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> Names(string file, string element) =>
        XDocument.Load(file).Descendants(element).Select(item => item.Attribute("Include")!.Value);

    // The framework's assemblies lie beside the one that holds object.
    private static bool IsFramework(string name) => File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));
}
