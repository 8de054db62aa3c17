using CsCheck;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class ChallengeResultTests
{
    private static readonly ChallengeResult Example = new(
        "CT_a,b.npz", 2, [0, 1.5, 1, 1, 1, 0.25], [0, 0.1, 0.2, 0.3, 0.4, 0.5], [0, 0, 0, 0.5, double.NaN, 1e-7]);

    [Fact]
    public void AreaIsTrapezoidsOverTheLastFive()
    {
        Assert.Equal(1.2, Example.DscAuc, 1e-15);
        Assert.Equal(4, ChallengeResult.AreaUnderCurve([0.3, 1, 1, 1, 1, 1]));
    }

    [Fact]
    public void CsvHasTheOfficialColumnsAndNumbers()
    {
        var writer = new StringWriter();
        ChallengeCsv.Write(writer, [Example]);
        Assert.Equal(
            """
            CaseName,TotalRunningTime,RunningTime_1,RunningTime_2,RunningTime_3,RunningTime_4,RunningTime_5,RunningTime_6,DSC_AUC,NSD_AUC,DSC_Final,NSD_Final,DSC_1,DSC_2,DSC_3,DSC_4,DSC_5,DSC_6,NSD_1,NSD_2,NSD_3,NSD_4,NSD_5,NSD_6,num_class,runtime_upperbound
            "CT_a,b.npz",4.75,0.0,1.5,1.0,1.0,1.0,0.25,1.2,,0.5,1e-07,0.0,0.1,0.2,0.3,0.4,0.5,0.0,0.0,0.0,0.5,,1e-07,2,180

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void CsvFileIsReplacedInOneStep()
    {
        var folder = Directory.CreateTempSubdirectory("xsam");
        try
        {
            var path = Path.Combine(folder.FullName, "metrics.csv");
            ChallengeCsv.Write(path, [Example]);
            ChallengeCsv.Write(path, [Example, Example]);
            Assert.Equal(3, File.ReadAllLines(path).Length);
            Assert.Equal([path], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void MeansAreByModalityAndLeaveOutNaN()
    {
        ChallengeResult Case(string name, double final) => new(name, 1, new double[6], [0, final, final, final, final, final], [0, 0, 0, 0, 0, 1]);
        var table = ModalityScores.Table([Case("MRI_1.npz", 0.5), Case("CT_1.npz", 0.25), Case("MRI_2.npz", double.NaN), Case("CT_2.npz", 0.75)]);
        Assert.Equal([("CT", 2, 0.5, 2.0), ("MRI", 2, 0.5, 2.0)], table.Select(static r => (r.Modality, r.Cases, r.DscFinal, r.DscAuc)));
        Assert.Equal("phantom", ModalityScores.ModalityOf("phantom.npz"));
    }

    [Fact]
    public void PairwiseSumIsCloseToTheExactSum() =>
        Gen.Int[0, 2000].SelectMany(static n => Gen.Double[-1, 1].Array[n]).Sample(
            values =>
            {
                var exact = (double)values.Sum(static v => (decimal)v);
                Assert.Equal(exact, PairwiseSum.Sum(values), 1e-12);
            },
            iter: 200);
}
