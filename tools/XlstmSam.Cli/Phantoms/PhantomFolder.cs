using System.Text.Json;
using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Cli.Phantoms;

/// <summary>Which files a folder of phantoms has.</summary>
[Flags]
internal enum PhantomFormats
{
    Nifti = 1,
    Npz = 2,
}

/// <summary>
/// A data set on disk: manifest.json beside nifti/ and npz/. The npz arrays and their spacing are (z, y, x), as the challenge's evaluator reads
/// them; shape and spacing in the manifest are (x, y, z).
/// </summary>
internal sealed class PhantomFolder(string path, PhantomFormats formats)
{
    private readonly List<Entry> entries = [];

    private sealed record Entry(PhantomCase Case, string Split, string? Image, string? Label, string? Npz);

    public void Add(PhantomCase phantom, string split)
    {
        var (image, label, npz) = ($"nifti/{phantom.Id}_image.nii.gz", $"nifti/{phantom.Id}_label.nii.gz", $"npz/{phantom.Modality}_{phantom.Id}.npz");
        if (formats.HasFlag(PhantomFormats.Nifti))
        {
            Directory.CreateDirectory(Path.Combine(path, "nifti"));
            NiftiWriter.Write(Path.Combine(path, image), phantom.Image);
            NiftiWriter.Write(Path.Combine(path, label), phantom.Labels);
        }

        if (formats.HasFlag(PhantomFormats.Npz))
        {
            Directory.CreateDirectory(Path.Combine(path, "npz"));
            Npz(phantom).Write(Path.Combine(path, npz));
        }

        var hasNifti = formats.HasFlag(PhantomFormats.Nifti);
        entries.Add(new(phantom, split, hasNifti ? image : null, hasNifti ? label : null, formats.HasFlag(PhantomFormats.Npz) ? npz : null));
    }

    /// <summary>Writes the manifest; call once, after all cases.</summary>
    public void Finish(ulong seed)
    {
        using var file = File.Create(Path.Combine(path, "manifest.json"));
        using var writer = new Utf8JsonWriter(file, new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        writer.WriteStartArray("cases");
        foreach (var entry in entries)
        {
            Write(writer, entry, seed);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ChallengeCase Npz(PhantomCase phantom)
    {
        var (size, spacing) = (phantom.Image.Size, phantom.Image.Geometry.Spacing);
        var scaled = Intensity.ToByteRange(phantom.Image, ModalityNames.Parse(phantom.Modality), IntensityOrigin.Measured);
        var bytes = Array.ConvertAll(scaled.Voxels, value => (byte)Math.Round(value));
        var name = $"{phantom.Modality}_{phantom.Id}";
        var labels = Array.ConvertAll(phantom.Labels.Voxels, label => (ushort)label);
        return new()
        {
            Name = name,
            Imgs = new(bytes, size.Z, size.Y, size.X),
            Gts = new(phantom.Labels.Voxels, size.Z, size.Y, size.X),
            Spacing = [spacing.Z, spacing.Y, spacing.X],
            Boxes = BoxGenerator.HasBoxes(name) ? BoxGenerator.Generate(labels, size) : null,
        };
    }

    private static void Write(Utf8JsonWriter writer, Entry entry, ulong seed)
    {
        var phantom = entry.Case;
        var (size, spacing) = (phantom.Image.Size, phantom.Image.Geometry.Spacing);
        writer.WriteStartObject();
        writer.WriteString("id", phantom.Id);
        writer.WriteString("modality", phantom.Modality);
        writer.WriteString("split", entry.Split);
        writer.WriteString("subject", phantom.Id);
        WriteArray(writer, "shape", size.X, size.Y, size.Z);
        WriteArray(writer, "spacing", spacing.X, spacing.Y, spacing.Z);
        writer.WriteString("spacing_units", "mm");
        writer.WriteString("orientation", "RAS");
        writer.WriteString("image", entry.Image);
        writer.WriteString("label", entry.Label);
        writer.WriteString("npz", entry.Npz);
        writer.WriteString("source", $"xsam-engine phantom --seed {seed}");
        writer.WriteString("licence", "CC0-1.0");
        WriteMap(writer, "label_names", phantom.Names, (name, text) => writer.WriteString(name, text));
        var voxels = phantom.Names.ToDictionary(pair => pair.Key, pair => phantom.Labels.Voxels.Count(v => v == pair.Key));
        WriteMap(writer, "label_voxels", voxels, (name, count) => writer.WriteNumber(name, count));
        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, params ReadOnlySpan<double> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static void WriteMap<T>(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<int, T>> map, Action<string, T> write)
    {
        writer.WriteStartObject(name);
        foreach (var (label, value) in map)
        {
            write(label.ToString(System.Globalization.CultureInfo.InvariantCulture), value);
        }

        writer.WriteEndObject();
    }
}
