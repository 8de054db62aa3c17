using XlstmSam.Cli.Text;
using XlstmSam.Imaging;
using XlstmSam.Models;
using XlstmSam.Training;
using XlstmSam.Training.Metrics;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Cli.Training;

/// <summary>
/// The table that ends a run on phantoms: Dice per modality on phantoms it has not seen, beside the best that a sphere around the click and a
/// connected intensity threshold could do with the truth in hand.
/// </summary>
internal static class PhantomReport
{
    private sealed record Row(string Modality, double First, double Dsc, double Nsd, double Sphere, double Threshold);

    public static Table Of(IReadOnlyList<CaseInfo> cases, Predictor predictor, CancellationToken cancel)
    {
        var rows = new List<Row>();
        foreach (var info in cases)
        {
            cancel.ThrowIfCancellationRequested();
            var result = Evaluation.Run([info], predictor, new(NoBoxes: true), cancel)[0];
            var (sphere, threshold) = Baselines(info.Load());
            rows.Add(new(ModalityScores.ModalityOf(info.ChallengeName), result.Dsc[1], result.DscFinal, result.NsdFinal, sphere, threshold));
        }

        var table = new Table("modality", "phantoms", "Dice 1 click", "Dice 5 clicks", "NSD", "best sphere", "best threshold");
        foreach (var group in rows.GroupBy(row => row.Modality).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Add(table, group.Key, [.. group]);
        }

        Add(table, "all", rows);
        return table;
    }

    private static void Add(Table table, string name, IReadOnlyCollection<Row> rows) => table.Add(
        name,
        Units.Count(rows.Count),
        Units.Fixed(rows.Average(r => r.First), 3),
        Units.Fixed(rows.Average(r => r.Dsc), 3),
        Units.Fixed(rows.Average(r => r.Nsd), 3),
        Units.Fixed(rows.Average(r => r.Sphere), 3),
        Units.Fixed(rows.Average(r => r.Threshold), 3));

    private static (double Sphere, double Threshold) Baselines(LoadedCase phantom)
    {
        var labels = new Volume<byte>(phantom.Labels!.Geometry, Array.ConvertAll(phantom.Labels.Voxels, label => (byte)label));
        var organs = phantom.Names.Keys.Select(label => (byte)label).Where(label => labels.Voxels.Contains(label)).ToArray();
        return (
            organs.Average(organ => BestSphereBaseline.Dice(labels, organ)), organs.Average(organ => BestThresholdBaseline.Dice(phantom.Image, labels, organ)));
    }
}
