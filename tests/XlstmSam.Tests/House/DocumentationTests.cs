using System.Text;
using System.Text.RegularExpressions;

namespace XlstmSam.Tests.House;

/// <summary>What the pages point at exists: files and headings behind relative links, and the source files that a page names.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Ignored = ["bin", "obj", ".git", "fixtures", "artifacts", "runs", "TestResults"];

    public static TheoryData<string> Pages =>
        new(
            Files(SharedData.RepositoryRoot)
                .Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Select(file => Path.GetRelativePath(SharedData.RepositoryRoot, file)));

    private static readonly Lazy<string[][]> AllFiles = new(
        () => [.. Files(SharedData.RepositoryRoot).Select(file => Path.GetRelativePath(SharedData.RepositoryRoot, file).Split(['/', '\\']))]);

    [Theory]
    [MemberData(nameof(Pages))]
    public void LinksLeadSomewhere(string page)
    {
        var path = Path.Combine(SharedData.RepositoryRoot, page);
        var broken = Link().Matches(WithoutCode(File.ReadAllText(path))).Select(match => match.Groups[1].Value).Where(link => !Leads(path, link));
        Assert.Empty(broken);
    }

    /// <summary>A name such as `Conv3dCpu.cs` or `tools/gate.sh` is that of a file; names with Foo and patterns are examples. Decisions and the changelog
    /// tell of their day.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void NamedSourceFilesExist(string page)
    {
        if (page.Contains("decisions", StringComparison.Ordinal) || page == "CHANGELOG.md")
        {
            return;
        }

        var names = SourceFile()
            .Matches(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, page))).Select(match => match.Value)
            .Where(name => !name.Contains("Foo", StringComparison.Ordinal));
        Assert.Equal([], names.Distinct().Where(name => !AllFiles.Value.Any(file => Names(name.Split('/'), file))));
    }

    [Fact]
    public void AFileMayBeNamedByAPartOfItsPath()
    {
        string[] path = ["kernels", "XlstmSam.Kernels.Cpu", "Conv", "Conv3dCpu.cs"];
        Assert.True(Names(["Conv3dCpu.cs"], path));
        Assert.True(Names(["Kernels.Cpu", "Conv3dCpu.cs"], path));
        Assert.False(Names(["Kernels", "Conv3dCpu.cs"], path));
        Assert.False(Names(["Conv3d.cs"], path));
    }

    [Fact]
    public void AHeadingsAnchorIsFound()
    {
        Assert.Equal("launches-per-pass", Anchor("## Launches per pass"));
        Assert.Equal("the-papers-model-on-two-cores", Anchor("## The paper's model on `two` cores"));
    }

    /// <summary>The file's name, after some of its folders in their order; projects may go without "XlstmSam.".</summary>
    private static bool Names(string[] mention, string[] path)
    {
        var next = 0;
        foreach (var folder in path[..^1])
        {
            next += next < mention.Length - 1 && (mention[next] == folder || "XlstmSam." + mention[next] == folder) ? 1 : 0;
        }

        return next == mention.Length - 1 && mention[^1] == path[^1];
    }

    private static bool Leads(string page, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return true;
        }

        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
        return parts.Length == 1
            ? File.Exists(target) || Directory.Exists(target)
            : File.Exists(target) && File.ReadLines(target).Any(line => line.StartsWith('#') && Anchor(line) == parts[1]);
    }

    /// <summary>As code hosts make it: letters and digits in lower case, hyphens for spaces, other signs dropped.</summary>
    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var sign in heading.TrimStart('#').Trim().ToLowerInvariant())
        {
            anchor.Append(sign == ' ' ? "-" : char.IsLetterOrDigit(sign) || sign is '-' or '_' ? sign.ToString() : "");
        }

        return anchor.ToString();
    }

    private static string WithoutCode(string text) => InlineCode().Replace(CodeBlock().Replace(text, ""), "");

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => !Ignored.Contains(Path.GetFileName(inner))).SelectMany(Files));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<![\w*/.<{-])[A-Za-z][\w./-]*\.(?:cs|csproj|props|targets|sh|py|c)\b(?![\w*/])")]
    private static partial Regex SourceFile();
}
