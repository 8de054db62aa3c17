using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli;

/// <summary>A trained model from disk: what --model names.</summary>
internal static class TrainedModel
{
    /// <summary>The weight file itself, or the best weights of a run folder.</summary>
    public static string WeightsOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? path : throw new FileNotFoundException($"Model '{path}': there is no such run folder or weight file.", path);
        }

        var weights = new RunFolder(path).WeightsPath;
        return File.Exists(weights) ? weights : throw new FileNotFoundException($"Run '{path}': it has no best.safetensors or last.safetensors yet; let it train until its first validation.", weights);
    }

    public static ModelConfig ReadConfig(string path)
    {
        using var file = SafeTensorsFile.Open(WeightsOf(path));
        return WeightFile.ReadConfig(file);
    }

    public static SegmentationModel Load(string path, IBackend backend)
    {
        using var file = SafeTensorsFile.Open(WeightsOf(path));
        var model = new SegmentationModel(WeightFile.ReadConfig(file), backend, training: false);
        try
        {
            WeightFile.Load(file, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
