using System.Reflection;

namespace XlstmSam.Tests;

/// <summary>Who may know whom: the compiled references of every product assembly are a subset of the architecture's table.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["XlstmSam.Kernels"] = [],
        ["XlstmSam.Kernels.Cpu"] = ["XlstmSam.Kernels", "System.Numerics.Tensors", "CommunityToolkit.HighPerformance"],
        ["XlstmSam.Kernels.Cuda"] = ["XlstmSam.Kernels"],
        ["XlstmSam.Engine"] = ["XlstmSam.Kernels"],
        ["XlstmSam.Files"] = [],
        ["XlstmSam.Imaging"] = ["XlstmSam.Files", "CommunityToolkit.HighPerformance"],
        ["XlstmSam.Models"] = ["XlstmSam.Engine", "XlstmSam.Imaging", "XlstmSam.Files", "XlstmSam.Kernels"],
        ["XlstmSam.Runtime"] =
        [
            "XlstmSam.Models", "XlstmSam.Imaging", "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Kernels.Cuda",
        ],
        ["XlstmSam.Training"] =
        [
            "XlstmSam.Runtime", "XlstmSam.Models", "XlstmSam.Imaging", "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Kernels", "K4os.Compression.LZ4",
        ],
        ["XlstmSam.Measuring"] = ["XlstmSam.Training", "XlstmSam.Models", "XlstmSam.Engine", "XlstmSam.Kernels"],
        ["XlstmSam.PtxInterpreter"] = [],
        ["XlstmSam.OpCases"] = ["XlstmSam.Engine", "XlstmSam.Kernels"],
        ["XlstmSam.Benchmarks"] =
        [
            "XlstmSam.Measuring", "XlstmSam.Training", "XlstmSam.Models", "XlstmSam.Imaging", "XlstmSam.Engine", "XlstmSam.Files", "XlstmSam.Kernels",
            "XlstmSam.Kernels.Cpu", "BenchmarkDotNet", "BenchmarkDotNet.Annotations", "Perfolizer",
        ],
        ["xsam-engine"] =
        [
            "XlstmSam.Training", "XlstmSam.Runtime", "XlstmSam.Measuring", "XlstmSam.Models", "XlstmSam.Imaging", "XlstmSam.Engine", "XlstmSam.Files",
            "XlstmSam.Kernels", "XlstmSam.Kernels.Cpu", "XlstmSam.Kernels.Cuda", "XlstmSam.OpCases", "System.CommandLine", "Spectre.Console", "Microsoft.Extensions.Logging", "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Abstractions",
        ],
    };

    public static TheoryData<string> Products => new(Allowed.Keys);

    [Theory]
    [MemberData(nameof(Products))]
    public void ReferencesOnlyWhatTheTableAllows(string product)
    {
        var references = Assembly.Load(product).GetReferencedAssemblies().Select(name => name.Name!).Where(name => !IsFramework(name));
        var stray = references.Except(Allowed[product]).ToArray();
        Assert.True(stray.Length == 0, $"{product} references {string.Join(", ", stray)}; the table in docs/architecture.md allows {string.Join(", ", Allowed[product])}.");
    }

    // The framework's assemblies lie beside the one that holds object.
    private static bool IsFramework(string name) => File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));
}
