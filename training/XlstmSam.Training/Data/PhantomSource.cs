using System.Security.Cryptography;
using XlstmSam.Imaging;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Training;

/// <summary>Synthetic cases as a data set, made when they are asked for.</summary>
public static class PhantomSource
{
    /// <summary>Training, validation and test cases; no phantom is in two of them.</summary>
    public static DataSet Open(PhantomConfig config, ulong seed, int train = 400, int validation = 40, int test = 40) => new(
        "phantoms",
        [
            .. Cases(PhantomDataset.Train(config, seed, train), config, CaseSplit.Train),
            .. Cases(PhantomDataset.Validation(config, seed, validation), config, CaseSplit.Val),
            .. Cases(PhantomDataset.Test(config, seed, test), config, CaseSplit.Test),
        ],
        []);

    /// <summary>
    /// A recipe for phantoms: no mirroring, since their anatomy is not mirrored and a click alone does not tell left from right; and where a recipe
    /// has several targets at once, at least three of the five organs, since their contrast is what teaches the network to heed the click.
    /// </summary>
    public static TrainingConfig Recipe(TrainingConfig config) => config with
    {
        Targets = config.Targets > 1 ? Math.Max(3, config.Targets) : 1,
        Augmentation = config.Augmentation with { Flip = [0, 0, 0] },
    };

    private static IEnumerable<CaseInfo> Cases(PhantomDataset phantoms, PhantomConfig config, CaseSplit split)
    {
        for (var position = 0; position < phantoms.Count; position++)
        {
            var index = phantoms.IndexOf(position);
            var modality = config.ModalityOf(index);
            var id = $"phantom_{modality}_{index:D6}";
            yield return new(id, ModalityNames.Parse(modality), split, id, HasLabels: true, new Reader(phantoms, position));
        }
    }

    private sealed class Reader(PhantomDataset phantoms, int position) : ICaseReader
    {
        public bool IsWorthKeeping => false;

        public long CountVoxels() => phantoms[position].Image.Size.Count;

        public LoadedCase Read(CaseInfo info)
        {
            var phantom = phantoms[position];
            var labels = new Volume<int>(phantom.Labels.Geometry, Array.ConvertAll(phantom.Labels.Voxels, label => (int)label));
            return new(info.Id, phantom.Image, labels, phantom.Names, info.Modality, IntensityOrigin.Measured);
        }

        public void AddTo(IncrementalHash fingerprint) => fingerprint.AddText(phantoms[position].Id);

        // The id of the case, which names modality and number, says it all.
        public void AddStamp(IncrementalHash fingerprint)
        {
        }
    }
}
