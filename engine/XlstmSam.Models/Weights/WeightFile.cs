using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>A model's weights on disk: safetensors with the published names and shapes, and the model's configuration in the metadata.</summary>
public static class WeightFile
{
    private const string ConfigKey = "xlstmsam.model";

    /// <summary>Writes all parameters and buffers; the file appears whole or not at all.</summary>
    public static void Save(string path, IPromptModel model, IReadOnlyDictionary<string, string> metadata)
    {
        var all = new Dictionary<string, string>(metadata) { [ConfigKey] = ModelJson.Write(model.Config), ["family"] = model.Traits.Family, ["format"] = "pt" };
        var arrays = model.Parameters.All
            .Select(
                p => (p.Name, Array.ConvertAll(p.PublishedShape.ToArray(), size => (long)size), (Func<float[]>)(() => ParameterStore.Read(model.Backend, p))))
            .ToArray();
        AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, arrays, all));
    }

    /// <summary>The configuration a file was written with.</summary>
    public static ModelConfig ReadConfig(SafeTensorsFile file) => file.Metadata.TryGetValue(ConfigKey, out var json)
        ? ModelJson.Read(json, $"the metadata of '{file.Path}'")
        : throw new InvalidDataException(
            $"WeightFile '{file.Path}': its metadata has no '{ConfigKey}', so the model is unknown; give a file that this program trained.");

    /// <summary>Every parameter of the model must be in the file in the right shape, and nothing else. The model needs no memory for this.</summary>
    public static void RequireFit(SafeTensorsFile file, IPromptModel model)
    {
        var faults = Faults(file, model).ToArray();
        if (faults.Length > 0)
        {
            throw new InvalidDataException(
                $"WeightFile '{file.Path}': it does not fit the model '{model.Config.Name}' ({faults.Length} differences): " +
                $"{string.Join("; ", faults.Take(3))}. Use the file's own configuration.");
        }
    }

    /// <summary>The model that a file describes, with its weights, ready to segment.</summary>
    public static IPromptModel LoadModel(string path, IBackend backend)
    {
        using var file = SafeTensorsFile.Open(path);
        var model = ModelFamilies.Build(ReadConfig(file), backend, training: false);
        try
        {
            Load(file, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Fills the model from a file that fits it.</summary>
    public static void Load(SafeTensorsFile file, IPromptModel model)
    {
        RequireFit(file, model);
        foreach (var parameter in model.Parameters.All)
        {
            var values = file.ReadFloats(parameter.Name);
            if (!Array.TrueForAll(values, float.IsFinite))
            {
                throw new InvalidDataException(
                    $"WeightFile '{file.Path}': '{parameter.Name}' holds values that are not finite numbers; the file is damaged or the training diverged.");
            }

            ParameterStore.Write(model.Backend, parameter, values);
        }

        model.Reload();
    }

    /// <summary>Names that upstream saves twice: aliases of one storage, and the encoder inside the unused U-Net decoder.</summary>
    private static bool IsAlias(string name) =>
        name.Contains(".all_modules.", StringComparison.Ordinal) || name.Contains("decoder.encoder.", StringComparison.Ordinal);

    private static IEnumerable<string> Faults(SafeTensorsFile file, IPromptModel model)
    {
        foreach (var parameter in model.Parameters.All)
        {
            if (file.Find(parameter.Name) is not { } entry)
            {
                yield return $"'{parameter.Name}' {parameter.PublishedShape} is missing";
            }
            else if (!entry.Shape.SequenceEqual(Array.ConvertAll(parameter.PublishedShape.ToArray(), size => (long)size)))
            {
                yield return $"'{parameter.Name}' is ({string.Join(", ", entry.Shape)}), expected {parameter.PublishedShape}";
            }
        }

        foreach (var entry in file.Entries)
        {
            if (model.Parameters.Find(entry.Name) is null && !IsAlias(entry.Name))
            {
                yield return $"'{entry.Name}' is unknown";
            }
        }
    }
}
