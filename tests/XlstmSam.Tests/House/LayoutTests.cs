namespace XlstmSam.Tests.House;

/// <summary>The house rules of shape: files that are read in one sitting, folders that are seen at a glance, lines that fit a screen.</summary>
public sealed class LayoutTests
{
    private const int MostLines = 250;
    private const int MostFiles = 20;
    private const int MostColumns = 160;
    private static readonly string[] Roots = ["kernels", "engine", "training", "tools", "benchmarks", "tests"];
    private static readonly string[] Ignored = ["bin", "obj", "fixtures"];

    /// <summary>Files that are longer for a reason; one that has become shorter is taken out.</summary>
    private static readonly string[] LongFiles =
    [
        "kernels/XlstmSam.Kernels.Cpu/Conv/Winograd/WinogradPass.cs", // one pass, step by step, whose steps share their blocks' sizes
        "kernels/XlstmSam.Kernels.Cpu/Mlstm/MlstmBackwardChunk.cs", // one chunk's gradients in the order of the formulas
        "kernels/XlstmSam.Kernels.Cpu/Mlstm/MlstmScanCpu.cs",
        "tests/XlstmSam.Tests/Cuda/Driver/DriverDeviceTests.cs", // tests of one class
        "tests/XlstmSam.Tests/Imaging/NiftiTests.cs",
        "tools/XlstmSam.Cli/Verbs/TrainVerb.cs", // many options
    ];

    /// <summary>Files with text of a format whose lines are as long as they are.</summary>
    private static readonly string[] LongLines =
    [
        "tests/XlstmSam.Tests/Training/Metrics/ChallengeResultTests.cs",
        "tools/XlstmSam.Cli/Verbs/EvaluateVerb.cs", // the last three: descriptions of options, to be wrapped
        "tools/XlstmSam.Cli/Verbs/SegmentVerb.cs",
        "tools/XlstmSam.Cli/Verbs/TrainVerb.cs",
    ];

    /// <summary>Folders with more files for a reason, such as one file for each op.</summary>
    private static readonly string[] LargeFolders = ["training/XlstmSam.Training/Data"];

    [Fact]
    public void FilesHaveAtMost250Lines() => AssertAgree(LongFiles, Sources().Where(file => File.ReadLines(file).Count() > MostLines).Select(Relative));

    [Fact]
    public void FoldersHaveAtMost20Files() =>
        AssertAgree(LargeFolders, Folders().Where(folder => Directory.EnumerateFiles(folder).Count() > MostFiles).Select(Relative));

    [Fact]
    public void LinesHaveAtMost160Columns() =>
        AssertAgree(LongLines, Sources().Where(file => File.ReadLines(file).Any(line => line.Length > MostColumns)).Select(Relative));

    private static void AssertAgree(string[] allowed, IEnumerable<string> found)
    {
        var places = found.ToArray();
        Assert.Empty(places.Except(allowed));
        Assert.Empty(allowed.Except(places));
    }

    private static IEnumerable<string> Sources() => Folders().SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs"));

    private static IEnumerable<string> Folders() => Roots.Select(root => Path.Combine(SharedData.RepositoryRoot, root)).SelectMany(Below);

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateDirectories(folder)
        .Where(inner => !Ignored.Contains(Path.GetFileName(inner))).SelectMany(Below).Prepend(folder);

    private static string Relative(string path) => Path.GetRelativePath(SharedData.RepositoryRoot, path).Replace('\\', '/');
}
