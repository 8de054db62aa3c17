using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Training;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Slow;

/// <summary>
/// A hippocampus run (XSAM_RUN) on the validation subjects, each part alone: Dice after a click at the deepest voxel, after five clicks of the
/// protocol, and how much it falls when the other part is clicked.
/// </summary>
[Thorough]
public sealed class HippocampusTests(ITestOutputHelper output)
{
    [Fact]
    public void TheRunSegmentsThePartThatIsClicked()
    {
        var run = Environment.GetEnvironmentVariable("XSAM_RUN");
        Assert.SkipUnless(run is not null && SharedData.TryFind() is not null, "needs the real scans and XSAM_RUN, a run of configs/hippocampus.json");
        using var backend = new CpuBackend();
        using var model = WeightFile.LoadModel(new RunFolder(run!).WeightsPath, backend);
        using var predictor = new Predictor(model);
        var (first, fifth, drop) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var info in DataSet.Open(SharedData.TryFind()!, new("hippocampus_*")).Cases.Where(c => c.Split == CaseSplit.Val))
        {
            var loaded = info.Load();
            predictor.SetImage(loaded.Prepare());
            var truth = loaded.SmallLabels()!;
            var masks = new Dictionary<ushort, byte[]>();
            foreach (var part in (ushort[])[1, 2])
            {
                var (clicked, final) = FiveClicks(predictor, truth, part);
                masks[part] = clicked;
                first.Add(Dice(clicked, truth.Voxels, part));
                fifth.Add(Dice(final, truth.Voxels, part));
            }

            drop.Add(Dice(masks[1], truth.Voxels, 1) - Dice(masks[2], truth.Voxels, 1));
            drop.Add(Dice(masks[2], truth.Voxels, 2) - Dice(masks[1], truth.Voxels, 2));
        }

        output.WriteLine($"{first.Count} prompts: one click {first.Average():F4}, five {fifth.Average():F4}, drop {drop.Average():F3}");
        Assert.True(first.Average() >= 0.75, $"One click: {first.Average():F4}.");
        Assert.True(fifth.Average() >= Math.Max(0.80, first.Average() - 0.01), $"Five clicks: {fifth.Average():F4}, one: {first.Average():F4}.");
        Assert.True(drop.Average() >= 0.40, $"Drop: {drop.Average():F3}.");
    }

    private static (byte[] First, byte[] Fifth) FiveClicks(Predictor predictor, Volume<ushort> truth, ushort part)
    {
        var (simulator, session, points) = (new ClickSimulator(), predictor.NewObject(), new List<PointPrompt>());
        var prediction = new ushort[truth.Voxels.Length];
        byte[] first = [], mask = [];
        for (var click = 0; click < 5; click++)
        {
            if (simulator.Next<ushort>(prediction, truth.Voxels, part, truth.Size) is { } at)
            {
                points.Add(new(new(at.X, at.Y, at.Z), at.Positive));
            }

            mask = NativeMask.Of(predictor.Scan, session.Predict(new([.. points]))).Voxels;
            first = click == 0 ? mask : first;
            prediction = Array.ConvertAll(mask, voxel => voxel != 0 ? part : (ushort)0);
        }

        return (first, mask);
    }

    private static double Dice(byte[] mask, ushort[] truth, ushort part) =>
        DiceScore.Of<ushort>(truth, Array.ConvertAll(mask, voxel => voxel != 0 ? part : (ushort)0), part);
}
