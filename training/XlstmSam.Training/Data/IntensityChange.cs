using XlstmSam.Engine.Streams;

namespace XlstmSam.Training;

/// <summary>Random scale, shift and Gaussian noise of a z-normalised image.</summary>
internal static class IntensityChange
{
    public static void Apply(AugmentationConfig config, float[] image, ref RandomStream stream)
    {
        var changes = stream.Bernoulli(config.IntensityProbability);
        var scale = (float)stream.Uniform(1 - config.IntensityScale, 1 + config.IntensityScale);
        var shift = (float)stream.Uniform(-config.IntensityShift, config.IntensityShift);
        var isNoisy = stream.Bernoulli(config.NoiseProbability);
        var deviation = (float)stream.Uniform(0, config.Noise);
        if (changes)
        {
            for (var i = 0; i < image.Length; i++)
            {
                image[i] = (image[i] * scale) + shift;
            }
        }

        if (isNoisy)
        {
            var noise = new float[image.Length];
            stream.FillNormal(noise);
            for (var i = 0; i < image.Length; i++)
            {
                image[i] += deviation * noise[i];
            }
        }
    }
}
