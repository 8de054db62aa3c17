using System.Diagnostics;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ScanPathTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ScanPathTests()
    {
        Directory.CreateDirectory(folder.File("real"));
        File.WriteAllText(folder.File("real/scan.nii"), "scan");
        File.CreateSymbolicLink(folder.File("link.nii"), folder.File("real/scan.nii"));
        Directory.CreateSymbolicLink(folder.File("linked"), folder.File("real"));
        File.CreateSymbolicLink(folder.File("relative.nii"), "real/../linked/scan.nii");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("real/scan.nii")]
    [InlineData("link.nii")]
    [InlineData("linked/scan.nii")]
    [InlineData("linked/../real/scan.nii")]
    [InlineData("./real//scan.nii")]
    [InlineData("relative.nii")]
    public void EveryPathToAFileIsThatFile(string path)
    {
        Assert.True(FileIdentity.IsSame(folder.File(path), folder.File("real/scan.nii")));
        Assert.Contains(
            "is the image itself",
            Refusal(() => ScanPath.RequireOther(folder.File(path), "--out", folder.File("real/scan.nii"), "the image itself")),
            StringComparison.Ordinal);
        Assert.False(FileIdentity.IsSame(folder.File(path), folder.File("real/other.nii")));
    }

    [Fact]
    public void AHardLinkIsTheSameFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Inodes are asked for on Linux only.");
        Shell("ln", folder.File("real/scan.nii"), folder.File("hard.nii"));
        Assert.True(FileIdentity.IsSame(folder.File("hard.nii"), folder.File("link.nii")));
    }

    [Fact]
    public void ANameThatDoesNotExistYetIsFollowedToo()
    {
        Assert.True(FileIdentity.IsSame(folder.File("linked/new.nii"), folder.File("real/new.nii")));
        File.CreateSymbolicLink(folder.File("dangling.nii"), folder.File("linked/new.nii"));
        Assert.True(FileIdentity.IsSame(folder.File("dangling.nii"), folder.File("real/new.nii")));
    }

    [Fact]
    public void LinksInACircleAreAnErrorAndNotALoop()
    {
        File.CreateSymbolicLink(folder.File("a.nii"), folder.File("b.nii"));
        File.CreateSymbolicLink(folder.File("b.nii"), folder.File("a.nii"));
        Assert.ThrowsAny<IOException>(() => FileIdentity.Final(folder.File("a.nii")));
    }

    [Fact]
    public void WritingThroughALinkWritesTheFileItLeadsToAndKeepsTheLink()
    {
        AtomicFile.Write(folder.File("link.nii"), stream => stream.Write("mask"u8));
        Assert.Equal("mask", File.ReadAllText(folder.File("real/scan.nii")));
        Assert.NotNull(new FileInfo(folder.File("link.nii")).LinkTarget);
        Assert.Equal(["scan.nii"], Directory.GetFiles(folder.File("real")).Select(Path.GetFileName));
    }

    [Fact]
    public void ALinkThatEndsInAFileOfAnotherKindIsNoPlaceToWrite()
    {
        File.CreateSymbolicLink(folder.File("picture.png"), folder.File("real/scan.nii"));
        Assert.Contains("scan.nii", Refusal(() => ScanPath.RequireWritable(folder.File("picture.png"), "--preview", ".png")), StringComparison.Ordinal);
    }

    [Fact]
    public void APipeIsNeitherReadNorReplaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Kinds of files are asked for on Linux only.");
        Shell("mkfifo", folder.File("pipe.nii"));
        Assert.Contains("store it", Refusal(() => ScanPath.RequireFile(folder.File("pipe.nii"), "Image")), StringComparison.Ordinal);
        Assert.Contains("no regular file", Refusal(() => ScanPath.RequireWritable(folder.File("pipe.nii"), "--out", ".nii")), StringComparison.Ordinal);
        Assert.Contains("store it", Refusal(() => DescriptionFile.Open(folder.File("pipe.nii"))), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderIsNoImage() => Assert.Contains("it is a folder", Refusal(() => ScanPath.RequireFile(folder.Path, "Image")), StringComparison.Ordinal);

    [Fact]
    public void ANameThatIsNotUtf8IsRefusedWithTheReason()
    {
        Assert.Contains("not UTF-8", Refusal(() => ScanPath.RequireFile(folder.File("lat\uFFFD.nii"), "Image")), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Refusal(() => ScanPath.RequireWritable(folder.File("lat\uFFFD.nii"), "--out", ".nii")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('a', 251, true)]
    [InlineData('a', 252, false)]
    [InlineData('\u00e9', 125, true)]
    [InlineData('\u00e9', 126, false)]
    public void ANameIsAsLongAsTheFileSystemTakesAndNoLonger(char letter, int count, bool fits)
    {
        var path = folder.File(new string(letter, count) + ".nii");
        if (fits)
        {
            ScanPath.RequireWritable(path, "--out", ".nii");
            AtomicFile.Write(path, stream => stream.Write("mask"u8));
            Assert.True(File.Exists(path));
        }
        else
        {
            Assert.Contains("bytes", Refusal(() => ScanPath.RequireWritable(path, "--out", ".nii")), StringComparison.Ordinal);
        }
    }

    private static string Refusal(Action action) => Assert.ThrowsAny<InvalidDataException>(action).Message;

    private static void Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
