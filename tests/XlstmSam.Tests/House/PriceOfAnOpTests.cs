namespace XlstmSam.Tests.House;

/// <summary>What a new op touches is a number: the files of its stem, and the lines elsewhere that name it. The guide states the same number.</summary>
public sealed class PriceOfAnOpTests
{
    private const int Files = 6;
    private const int LinesElsewhere = 5;

    // What an op consists of; who uses it afterwards is not its price.
    private static readonly string[] Folders = ["kernels", "engine/XlstmSam.Engine", "engine/XlstmSam.OpCases"];

    private static readonly (string Path, string[] Lines)[] Sources = [.. Folders.SelectMany(Read)];

    /// <summary>Families with one op and one file of each kind. Larger ones have more files, which begin with their stem too.</summary>
    [Theory]
    [InlineData("MaskOverlap")]
    [InlineData("CausalConv1d")]
    [InlineData("HeadwiseLinear")]
    [InlineData("DiceCe")]
    [InlineData("PointEncoding")]
    public void AnOpIsSixFilesAndFiveLinesElsewhere(string stem)
    {
        var own = Sources.Where(source => IsOf(stem, source.Path)).Select(source => source.Path).ToArray();
        Assert.True(own.Length == Files, $"{stem} has {own.Length} files, the guide says {Files}: {string.Join(", ", own)}.");
        string[] elsewhere =
        [
            .. from source in Sources
               where !IsOf(stem, source.Path)
               from line in source.Lines
               where line.Contains(stem, StringComparison.Ordinal)
               select $"{source.Path}: {line.Trim()}",
        ];
        Assert.True(elsewhere.Length == LinesElsewhere, $"{stem} is named by {elsewhere.Length} lines elsewhere, the guide says {LinesElsewhere}:\n{string.Join("\n", elsewhere)}");
    }

    [Fact]
    public void TheGuideStatesThePrice()
    {
        var guide = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "guide", "adding-an-op.md"));
        Assert.Contains("six files and five lines elsewhere", guide, StringComparison.Ordinal);
    }

    private static bool IsOf(string stem, string path) => Path.GetFileName(path).Contains(stem, StringComparison.Ordinal);

    private static IEnumerable<(string Path, string[] Lines)> Read(string folder)
    {
        var root = Path.Combine(SharedData.RepositoryRoot, folder);
        return from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
               let relative = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)
               where !relative.Contains("obj") && !relative.Contains("bin")
               select ($"{folder}/{string.Join('/', relative)}", File.ReadAllLines(path));
    }
}
