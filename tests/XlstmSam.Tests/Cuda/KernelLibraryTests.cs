using System.Text.RegularExpressions;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Tests.Cuda;

/// <summary>What is embedded: every kernel has a text that a driver of CUDA 12.0 reads, and the manifest describes it.</summary>
public sealed class KernelLibraryTests : IDisposable
{
    private readonly KernelLibrary library = new();

    [Fact]
    public void EveryTextIsForTheOldestCardAndDriver() => Assert.All(Texts, text =>
    {
        Assert.Contains(".version 8.0\n.target sm_80\n", text.Ptx, StringComparison.Ordinal);
        Assert.Equal("sm_80", text.Entry.Target);
    });

    [Fact]
    public void EveryEntryIsWhatTheManifestSays() => Assert.All(Texts, text =>
    {
        var header = Regex.Match(text.Ptx, @"\.visible \.entry (\w+)\(([^)]*)\)\s*\.maxntid (\d+)");
        Assert.Equal(text.Entry.Entry, header.Groups[1].Value);
        Assert.Equal(text.Entry.Parameters.Count, header.Groups[2].Value.Split(',').Length);
        Assert.Equal($"{text.Entry.Threads}", header.Groups[3].Value);
    });

    [Fact]
    public void NoWarpIsPromisedToBranchAlike() => Assert.All(Texts, text => Assert.DoesNotMatch(@"@!?%p\d+\s+bra\.uni", text.Ptx));

    [Fact]
    public void NoResultOfInlinePtxLiesInMemory() => Assert.All(Texts, text => Assert.DoesNotContain("ld.local", text.Ptx, StringComparison.Ordinal));

    [Fact]
    public void AnUnknownKernelIsNamed() =>
        Assert.StartsWith(
            "Kernel 'Foo.Bar<Silu>' is not among", Assert.Throws<KeyNotFoundException>(() => library["Foo.Bar<Silu>"]).Message, StringComparison.Ordinal);

    public void Dispose() => library.Dispose();

    private IEnumerable<(KernelEntry Entry, string Ptx)> Texts => library.Kernels.Select(entry => (entry, library.Ptx(entry)));
}
