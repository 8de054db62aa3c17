using XlstmSam.Kernels;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>No kernel family without cases.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void EveryKernelFamilyHasCases()
    {
        var families = typeof(IBackend).GetProperties().Where(p => p.PropertyType.IsInterface).Select(p => p.Name);
        var covered = Catalog.Families.Where(family => family.Cases.Count > 0).Select(family => family.Stem).ToHashSet();
        var uncovered = families.Where(name => !covered.Contains(name)).ToArray();
        Assert.True(uncovered.Length == 0, $"No cases for {string.Join(", ", uncovered)}: add {string.Join(", ", uncovered.Select(name => name + "Cases"))}.");
    }

    [Fact]
    public void NoCatalogEntryIsEmpty() => Assert.Empty(Catalog.Families.Where(family => family.Cases.Count == 0).Select(family => family.Stem));
}
