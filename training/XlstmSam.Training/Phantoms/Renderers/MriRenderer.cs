using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>MRI in arbitrary units of about 0 to 1000: tissue contrast, a smooth coil bias, and Rician noise.</summary>
internal sealed class MriRenderer : IModalityRenderer
{
    private const float Scale = 600;
    private static readonly TissueValues Values = new(0, 0.45f, 0.95f, 0.95f, 0.6f, 1.45f, 0.15f, 0.03f, 1.3f);

    public float[] Render(TissueMap map, double noise, ref RandomStream stream)
    {
        Span<float> offsets = stackalloc float[6];
        for (var label = 0; label < offsets.Length; label++)
        {
            offsets[label] = 0.03f * stream.Normal();
        }

        var image = Values.Paint(map, offsets);
        GaussianBlur.Apply(image, map.Geometry, new(0.5, 0.5, 0.6));
        var bias = SmoothField.Create(map.Geometry, 40, ref stream);
        var texture = SmoothField.Create(map.Geometry, 5, ref stream);
        var strength = (float)stream.Uniform(0.08, 0.18);
        var deviation = (float)(noise * stream.Uniform(0.06, 0.1));
        var real = new float[image.Length];
        var imaginary = new float[image.Length];
        stream.FillNormal(real);
        stream.FillNormal(imaginary);
        for (var i = 0; i < image.Length; i++)
        {
            var signal = image[i] * MathF.Exp(strength * bias[i]) * (1 + (0.04f * texture[i]));
            var a = signal + (deviation * real[i]);
            var b = deviation * imaginary[i];
            image[i] = Scale * MathF.Sqrt((a * a) + (b * b));
        }

        return image;
    }
}
