using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Runtime;

/// <summary>A trained model from disk: what --model names.</summary>
public static class TrainedModel
{
    /// <summary>The weights of a run folder that validated best.</summary>
    public const string BestFile = "best.safetensors";

    /// <summary>The weights of a run folder's last step.</summary>
    public const string LastFile = "last.safetensors";

    /// <summary>The weight file itself, or the best weights of a run folder.</summary>
    public static string WeightsOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? path : throw new FileNotFoundException($"Model '{path}': there is no such run folder or weight file.", path);
        }

        var best = Path.Combine(path, BestFile);
        var weights = File.Exists(best) ? best : Path.Combine(path, LastFile);
        return File.Exists(weights) ? weights : throw new FileNotFoundException($"Run '{path}': it has no best.safetensors or last.safetensors yet; continue it with xsam-engine train --resume {path}.", weights);
    }

    /// <summary>The configuration of a model whose arrays are known to be there, so that a file can ask for no more memory than it fills.</summary>
    public static ModelConfig ReadConfig(string path, IBackend backend)
    {
        using var file = SafeTensorsFile.Open(WeightsOf(path));
        var config = WeightFile.ReadConfig(file);
        using var outline = ModelFamilies.Build(config, new CountingBackend(backend), training: false);
        WeightFile.RequireFit(file, outline);
        return config;
    }

    public static IPromptModel Load(string path, IBackend backend) => WeightFile.LoadModel(WeightsOf(path), backend);
}
