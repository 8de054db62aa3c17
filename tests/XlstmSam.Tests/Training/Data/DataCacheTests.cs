using XlstmSam.Imaging;
using XlstmSam.Tests.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

public sealed class DataCacheTests
{
    [Theory]
    [InlineData(CaseSource.Nifti)]
    [InlineData(CaseSource.Npz)]
    public void ACaseComesBackBitForBitFromMemoryAndDisk(CaseSource source)
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var info = DataSet.Open(folder.Path, new("a", source)).Cases[0];
        var (first, second) = (new CaseCache(folder.File("cache")), new CaseCache(folder.File("cache")));
        var prepared = first.Get(info);
        Assert.Same(prepared, first.Get(info));
        var restored = second.Get(info);
        Assert.Equal(((1, 0, 1), (0, 1, 0)), (first.Counts, second.Counts));
        Assert.Equal(prepared.Scan.Image.Voxels, restored.Scan.Image.Voxels);
        Assert.Equal(prepared.Labels!.Voxels, restored.Labels!.Voxels);
        Assert.Equal(prepared.Scan.Image.Geometry, restored.Scan.Image.Geometry);
        Assert.Equal(prepared.Scan.ToRas.Source, restored.Scan.ToRas.Source);
        Assert.Equal(prepared.Names, restored.Names);
        Assert.Equal(PreparedCase.Of(info.Load()).Scan.Image.Voxels, restored.Scan.Image.Voxels);
    }

    [Fact]
    public void ChangedContentOrSettingsAreAnotherEntry()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var info = DataSet.Open(folder.Path, new("a")).Cases[0];
        new CaseCache(folder.File("cache")).Get(info);
        Assert.Equal((0, 0, 1), Counts(info with { Modality = Modality.CT }));
        Assert.Equal((0, 1, 0), Counts(info));
        NiftiWriter.WriteLabels(folder.File("nifti/a_label.nii.gz"), DataFolders.Labels(2));
        Assert.Equal((0, 0, 1), Counts(info));

        (long, long, long) Counts(CaseInfo of)
        {
            var cache = new CaseCache(folder.File("cache"));
            cache.Get(of);
            return cache.Counts;
        }
    }

    [Fact]
    public void ADamagedEntryIsMadeAgain()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var info = DataSet.Open(folder.Path, new("a")).Cases[0];
        var expected = new CaseCache(folder.File("cache")).Get(info).Scan.Image.Voxels;
        var file = Directory.GetFiles(folder.File("cache")).Single();
        var whole = File.ReadAllBytes(file);
        foreach (var damaged in new[] { [], whole[..20], whole[..^1], [.. whole[..100], (byte)(whole[100] ^ 1), .. whole[101..]] })
        {
            File.WriteAllBytes(file, damaged);
            var cache = new CaseCache(folder.File("cache"));
            Assert.Equal(expected, cache.Get(info).Scan.Image.Voxels);
            Assert.Equal((0, 0, 1), cache.Counts);
            Assert.Equal(whole, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void TheFilesUsedLongestAgoMakeRoom()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var cases = DataSet.Open(folder.Path).Cases;
        new CaseCache(folder.File("cache")).Get(cases[0]);
        var one = new FileInfo(Directory.GetFiles(folder.File("cache")).Single()).Length;
        var cache = new CaseCache(folder.File("cache"), disk: (2 * one) + (one / 2));
        cache.Get(cases[1]);
        Age(hours: 2);
        new CaseCache(folder.File("cache")).Get(cases[0]);
        cache.Get(cases[2]);
        Assert.Equal(2, Directory.GetFiles(folder.File("cache")).Length);
        Assert.Equal([true, false, true], cases.Take(3).Select(IsOnDisk));

        bool IsOnDisk(CaseInfo info)
        {
            var reader = new CaseCache(folder.File("cache"));
            reader.Get(info);
            return reader.Counts.Disk == 1;
        }

        void Age(int hours)
        {
            foreach (var file in Directory.GetFiles(folder.File("cache")))
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-hours));
            }
        }
    }

    [Fact]
    public void MemoryIsBoundedAndTheDiskCanBeSwitchedOff()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var cases = DataSet.Open(folder.Path).Cases;
        var cache = new CaseCache(null, memory: 2 * 6 * DataFolders.Size.Count);
        cache.Get(cases[0]);
        cache.Get(cases[1]);
        cache.Get(cases[0]);
        cache.Get(cases[2]);
        cache.Get(cases[0]);
        cache.Get(cases[1]);
        Assert.Equal((2, 0, 4), cache.Counts);
    }
}
