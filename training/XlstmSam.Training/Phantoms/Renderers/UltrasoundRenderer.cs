using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>B-mode ultrasound, 0 to 255, the probe in front (+y): correlated Rayleigh speckle, attenuation, shadows, sometimes a fan.</summary>
internal sealed class UltrasoundRenderer : IModalityRenderer
{
    private const float DynamicRangeDecibel = 60;
    private const double FanApex = 62;
    private const int Looks = 2;

    // Echo levels in decibel.
    private static readonly TissueValues Values = new(-48, -29, -15, -15, -29, -40, 0, -2, -38);

    public float[] Render(TissueMap map, double noise, ref RandomStream stream)
    {
        Span<float> offsets = stackalloc float[6];
        for (var label = 0; label < offsets.Length; label++)
        {
            offsets[label] = 0.8f * stream.Normal();
        }

        var image = Values.Paint(map, offsets);
        GaussianBlur.Apply(image, map.Geometry, new(0.4, 0.3, 0.4));
        var speckle = Speckle(map.Geometry, ref stream);
        var texture = SmoothField.Create(map.Geometry, 6, ref stream);
        var attenuation = (float)stream.Uniform(0.02, 0.12);
        var inFan = stream.Bernoulli(0.5);
        var shadowDecibel = (float)stream.Uniform(2, 5);
        AddShadows(map, image, shadowDecibel);
        var geometry = map.Geometry;
        var tangent = Math.Tan(stream.Uniform(28, 33) * Math.PI / 180);
        for (var i = 0; i < image.Length; i++)
        {
            var place = geometry.VoxelToWorld.Apply(VoxelAt(geometry.Size, i));
            if (inFan && Math.Abs(place.X) > (FanApex - place.Y) * tangent)
            {
                image[i] = 0;
                continue;
            }

            // Time gain makes up for most of the loss with depth.
            var depth = (float)Math.Max(24 - place.Y, 0);
            var level = image[i] - (attenuation * depth) + (0.8f * texture[i]) + ((float)noise * speckle[i]);
            image[i] = Math.Clamp((level + DynamicRangeDecibel - 12) * (255 / DynamicRangeDecibel), 0, 255);
        }

        return image;
    }

    private static Vector3d VoxelAt(Size3 size, int index) => new(index % size.X, index / size.X % size.Y, index / (size.X * size.Y));

    // 10 log10 of the power of compounded Rayleigh speckle, mean power 1: every look is two normal fields through the pulse's spread.
    private static float[] Speckle(VolumeGeometry geometry, ref RandomStream stream)
    {
        var spread = new Vector3d(0.65, 0.4, 0.65);
        var speckle = new float[geometry.Size.Count];
        for (var field = 0; field < 2 * Looks; field++)
        {
            var wave = Field(geometry, spread, ref stream);
            for (var i = 0; i < speckle.Length; i++)
            {
                speckle[i] += wave[i] * wave[i];
            }
        }

        var power = 0.0;
        foreach (var value in speckle)
        {
            power += value;
        }

        var inverse = (float)(speckle.Length / power);
        for (var i = 0; i < speckle.Length; i++)
        {
            speckle[i] = 10 * MathF.Log10((speckle[i] * inverse) + 1e-3f);
        }

        return speckle;
    }

    private static float[] Field(VolumeGeometry geometry, Vector3d spread, ref RandomStream stream)
    {
        var field = new float[geometry.Size.Count];
        stream.FillNormal(field);
        GaussianBlur.Apply(field, geometry, spread);
        return field;
    }

    // Bone and gas cast a shadow away from the probe; its edges are soft because the beam is wide.
    private static void AddShadows(TissueMap map, float[] image, float decibel)
    {
        var size = map.Geometry.Size;
        var shadow = new float[image.Length];
        for (var z = 0; z < size.Z; z++)
        {
            for (var x = 0; x < size.X; x++)
            {
                var covered = false;
                for (var y = size.Y - 1; y >= 0; y--)
                {
                    var index = x + (size.X * (y + (size.Y * z)));
                    shadow[index] = covered ? decibel : 0;
                    covered |= map.Tissues[index] is Tissue.Bone or Tissue.Gas;
                }
            }
        }

        GaussianBlur.Apply(shadow, map.Geometry, new(1.2, 0, 1.2));
        for (var i = 0; i < image.Length; i++)
        {
            image[i] -= shadow[i];
        }
    }
}
