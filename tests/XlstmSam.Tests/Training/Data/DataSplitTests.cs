using XlstmSam.Imaging;
using XlstmSam.Training;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Tests.Training;

public sealed class DataSplitTests
{
    [Fact]
    public void TheDataSetsOwnSplitCountsAndExtraIsNeverUsed()
    {
        CaseInfo[] cases =
        [
            Case(0, CaseSplit.Train), Case(1, CaseSplit.Val), Case(2, CaseSplit.Extra), Case(3, CaseSplit.Test), Case(4, CaseSplit.None),
            Case(5, CaseSplit.Train) with { HasLabels = false },
        ];
        var splits = Splits.Of(cases, 0.5, 1);
        Assert.Equal(["c00"], splits.Train.Select(c => c.Id));
        Assert.Equal(["c01"], splits.Validation.Select(c => c.Id));
    }

    [Fact]
    public void SubjectsAreHeldOutModalityByModalityTheSameForASeed()
    {
        CaseInfo[] cases =
        [
            .. Enumerable.Range(0, 60).Select(i => Case(i, CaseSplit.None) with { Subject = $"s{i / 2:D2}", Modality = i < 40 ? Modality.CT : Modality.PET }),
        ];
        var splits = Splits.Of(cases, 0.1, 7);
        Assert.Equal((4, 2), (splits.Validation.Count(c => c.Modality == Modality.CT), splits.Validation.Count(c => c.Modality == Modality.PET)));
        Assert.Equal(60, splits.Train.Count + splits.Validation.Count);
        Assert.Empty(splits.Train.Select(c => c.Subject).Intersect(splits.Validation.Select(c => c.Subject)));
        Assert.Equal(splits.Validation, Splits.Of([.. cases.Reverse()], 0.1, 7).Validation.Reverse());
        Assert.NotEqual(splits.Validation, Splits.Of(cases, 0.1, 8).Validation);
    }

    [Theory]
    [InlineData(1, 0.1, 0)]
    [InlineData(2, 0.1, 1)]
    [InlineData(5, 0.01, 1)]
    [InlineData(5, 1.0, 4)]
    [InlineData(5, 0.0, 0)]
    public void AtLeastOneIsHeldOutAndAtLeastOneIsLeft(int count, double share, int held)
    {
        var splits = Splits.Of([.. Enumerable.Range(0, count).Select(i => Case(i, CaseSplit.None))], share, 3);
        Assert.Equal((count - held, held), (splits.Train.Count, splits.Validation.Count));
    }

    [Fact]
    public void PhantomsAreADataSet()
    {
        var set = PhantomSource.Open(new(), 5, train: 6, validation: 2, test: 2);
        var splits = Splits.Of(set.Cases, 0.1, 1);
        Assert.Equal((6, 2, 10), (splits.Train.Count, splits.Validation.Count, set.Cases.Select(c => c.Id).Distinct().Count()));
        var loaded = splits.Train[1].Load();
        Assert.Equal(PhantomGenerator.Generate(new(), 5, 1).Id, loaded.Id);
        Assert.Equal(Modality.MRI, loaded.Modality);
        Assert.Equal([0, 0, 0], PhantomSource.Recipe(TrainingPresets.Get("tiny").Training).Augmentation.Flip);
    }

    private static CaseInfo Case(int i, CaseSplit split) => new($"c{i:D2}", Modality.MRI, split, $"c{i:D2}", true, null!);
}
