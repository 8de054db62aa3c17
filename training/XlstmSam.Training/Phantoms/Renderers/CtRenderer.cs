using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>CT in Hounsfield units: reconstruction blur, slightly correlated noise, and cupping as from a hardened beam.</summary>
internal sealed class CtRenderer : IModalityRenderer
{
    private static readonly TissueValues Values = new(-1000, -95, 55, 55, -55, 190, 750, -850, 20);

    public float[] Render(TissueMap map, double noise, ref RandomStream stream)
    {
        Span<float> offsets = stackalloc float[6];
        for (var label = 0; label < offsets.Length; label++)
        {
            offsets[label] = 6 * stream.Normal();
        }

        var image = Values.Paint(map, offsets);
        GaussianBlur.Apply(image, map.Geometry, new(0.6, 0.6, 0.5));
        var grain = new float[image.Length];
        stream.FillNormal(grain);
        GaussianBlur.Apply(grain, map.Geometry, new(0.45, 0.45, 0));
        var cupping = (float)stream.Uniform(4, 12);
        var texture = SmoothField.Create(map.Geometry, 5, ref stream);
        var deviation = (float)(noise * stream.Uniform(18, 30));
        var (size, spacing) = (map.Geometry.Size, map.Geometry.Spacing);
        for (var i = 0; i < image.Length; i++)
        {
            if (map.Tissues[i] == Tissue.Outside)
            {
                image[i] += 0.5f * deviation * grain[i];
                continue;
            }

            var x = ((i % size.X) - (size.X / 2)) * spacing.X / 24;
            var y = ((i / size.X % size.Y) - (size.Y / 2)) * spacing.Y / 24;
            var hardening = cupping * (float)((x * x) + (y * y) - 0.5);
            image[i] += hardening + (7 * texture[i]) + (deviation * grain[i]);
        }

        return image;
    }
}
