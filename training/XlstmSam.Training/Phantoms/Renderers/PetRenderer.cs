using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>PET in standardised uptake values: hot organs and hotter lesions through a wide point spread, counts with Poisson noise.</summary>
internal sealed class PetRenderer : IModalityRenderer
{
    private static readonly TissueValues Values = new(0.02f, 0.9f, 4.4f, 4.4f, 0.9f, 2.2f, 1.2f, 0.3f, 9);

    public float[] Render(TissueMap map, double noise, ref RandomStream stream)
    {
        Span<float> offsets = stackalloc float[6];
        for (var label = 0; label < offsets.Length; label++)
        {
            offsets[label] = 0.2f * stream.Normal();
        }

        var image = Values.Paint(map, offsets);
        var texture = SmoothField.Create(map.Geometry, 6, ref stream);
        for (var i = 0; i < image.Length; i++)
        {
            image[i] *= Math.Max(1 + (0.08f * texture[i]), 0.1f);
        }

        GaussianBlur.Apply(image, map.Geometry, new(1.15, 1.15, 1.15));
        var spacing = map.Geometry.Spacing;
        var countsPerUnit = stream.Uniform(2.5, 4.5) * spacing.X * spacing.Y * spacing.Z;
        for (var i = 0; i < image.Length; i++)
        {
            var counts = stream.Poisson(countsPerUnit * image[i]) / countsPerUnit;
            image[i] += (float)(noise * (counts - image[i]));
        }

        // The reconstruction's own filter: neighbouring voxels share their noise.
        GaussianBlur.Apply(image, map.Geometry, new(0.8, 0.8, 0.8));
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = Math.Max(image[i], 0);
        }

        return image;
    }
}
