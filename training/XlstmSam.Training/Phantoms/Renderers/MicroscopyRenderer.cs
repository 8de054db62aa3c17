using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>Microscopy, 0 to 255 with a nominal millimetre: large cells among debris, granular stain, photon and camera noise.</summary>
/// <remarks>One case in five is bright-field: the same cells dark on a bright ground.</remarks>
internal sealed class MicroscopyRenderer : IModalityRenderer
{
    private const double BrightFieldShare = 0.2;
    private static readonly TissueValues Values = new(0.06f, 0.22f, 0.62f, 0.62f, 0.28f, 0.8f, 0.9f, 0.1f, 1);

    public float[] Render(TissueMap map, double noise, ref RandomStream stream)
    {
        Span<float> offsets = stackalloc float[6];
        for (var label = 0; label < offsets.Length; label++)
        {
            offsets[label] = 0.03f * stream.Normal();
        }

        var image = Values.Paint(map, offsets);
        var granules = SmoothField.Create(map.Geometry, 2.5, ref stream);
        for (var i = 0; i < image.Length; i++)
        {
            var strength = map.Tissues[i] is Tissue.Outside or Tissue.Fat ? 0.14f : 0.11f;
            image[i] *= Math.Max(1 + (strength * granules[i]), 0.1f);
        }

        GaussianBlur.Apply(image, map.Geometry, new(0.6, 0.6, 0.9));
        var brightField = stream.Bernoulli(BrightFieldShare);
        var photons = stream.Uniform(50, 100);
        var camera = new float[image.Length];
        stream.FillNormal(camera);
        for (var i = 0; i < image.Length; i++)
        {
            var light = brightField ? 1.05f - image[i] : image[i];
            var counted = stream.Poisson(photons * Math.Max(light, 0)) / photons;
            var value = light + (noise * (counted - light + (0.04 * camera[i])));
            image[i] = (float)Math.Clamp(220 * value, 0, 255);
        }

        return image;
    }
}
