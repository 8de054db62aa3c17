using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

/// <summary>Small data sets on disk: a bright ball (label 1) and a dimmer bar (label 2) in every case.</summary>
internal static class DataFolders
{
    public static readonly Size3 Size = new(14, 12, 10);

    /// <summary>x runs right to left, so that file order and RAS order differ.</summary>
    public static readonly VolumeGeometry Geometry = new(Size, Affine3.Scale(-1.5, 1.25, 2) with { Origin = new(9, -4, 3) });

    public static Volume<int> Labels(int shift, VolumeGeometry? geometry = null)
    {
        var labels = new Volume<int>(geometry ?? Geometry, new int[Size.Count]);
        for (var i = 0; i < labels.Voxels.Length; i++)
        {
            var (x, y, z) = (i % Size.X, i / Size.X % Size.Y, i / Size.X / Size.Y);
            var square = ((x - 4 - shift) * (x - 4 - shift)) + ((y - 4) * (y - 4)) + ((z - 4) * (z - 4));
            labels.Voxels[i] = square <= 6 ? 1 : x is >= 9 and <= 11 && y is >= 3 and <= 9 && z >= 6 ? 2 : 0;
        }

        return labels;
    }

    public static Volume<float> Image(Volume<int> labels) => new(
        labels.Geometry, [.. labels.Voxels.Select((label, i) => (label * 40f) + 10 + (i * 7 % 13) + 0.25f)]);

    public static void Case(string folder, string image, string label, int shift = 0)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, image))!);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, label))!);
        var labels = Labels(shift);
        NiftiWriter.Write(Path.Combine(folder, image), Image(labels));
        NiftiWriter.WriteLabels(Path.Combine(folder, label), labels);
    }

    public static void Npz(string path, double[] spacing, bool withLabels = true)
    {
        var labels = Labels(0);
        var truth = ChallengeTask.ToLabels(labels.Voxels, path);
        new ChallengeCase
        {
            Imgs = new(Array.ConvertAll(Image(labels).Voxels, v => (byte)v), Size.Z, Size.Y, Size.X),
            Gts = withLabels ? new(Array.ConvertAll(labels.Voxels, v => (byte)v), Size.Z, Size.Y, Size.X) : null,
            Spacing = spacing,
            Boxes = withLabels ? BoxGenerator.Generate(truth, Size) : null,
        }.Write(path);
    }

    /// <summary>Cases a, b, c, d of subjects s0, s0, s1, s1: train, train, val, extra; e has no labels, f has no files.</summary>
    public static void Manifest(string folder)
    {
        var entries = new List<string>();
        foreach (var (id, i) in "abcd".Select((id, i) => (id, i)))
        {
            Case(folder, $"nifti/{id}_image.nii.gz", $"nifti/{id}_label.nii.gz", i % 3);
            Npz(Path.Combine(folder, $"MRI_{id}.npz"), [1.5, 1.25, 2]);
            var split = new[] { "train", "train", "val", "extra" }[i];
            entries.Add($$"""
                {
                  "id": "{{id}}", "modality": "MRI", "split": "{{split}}", "subject": "s{{i / 2}}", "image": "nifti/{{id}}_image.nii.gz",
                  "label": "nifti/{{id}}_label.nii.gz", "npz": "MRI_{{id}}.npz", "spacing": [1.5, 1.25, 2], "label_names": {"1": "ball", "2": "bar"}
                }
                """);
        }

        entries.Add("""{"id": "e", "modality": "US dummy", "split": "extra", "image": "nifti/a_image.nii.gz", "label": null}""");
        entries.Add("""{"id": "f", "modality": "CT", "split": "train", "image": "nifti/f_image.nii.gz", "label": "nifti/f_label.nii.gz", "npz": "f.npz"}""");
        File.WriteAllText(Path.Combine(folder, "manifest.json"), $$"""{"version": 1, "cases": [{{string.Join(",\n", entries)}}]}""");
    }
}
