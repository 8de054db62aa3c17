namespace XlstmSam.Training.Phantoms;

/// <summary>The mean intensity of every tissue in one modality's units.</summary>
/// <param name="Septum">The intensity at the middle of a wall between organs.</param>
internal sealed record TissueValues(
    float Outside, float Fat, float Organ, float Muscle, float Septum, float Vessel, float Bone, float Gas, float Lesion)
{
    private float Of(Tissue tissue) => tissue switch
    {
        Tissue.Outside => Outside,
        Tissue.Fat => Fat,
        Tissue.Muscle => Muscle,
        Tissue.Vessel => Vessel,
        Tissue.Bone => Bone,
        Tissue.Gas => Gas,
        Tissue.Lesion => Lesion,
        _ => Organ,
    };

    /// <summary>The noise-free image: tissue values, a small offset per label, and the septa drawn into organs and muscle.</summary>
    /// <param name="offsets">Added to organs, by label; entry 0 is added to muscle.</param>
    public float[] Paint(TissueMap map, ReadOnlySpan<float> offsets)
    {
        Span<float> values = stackalloc float[(int)Tissue.Organ + 1];
        for (var tissue = 0; tissue < values.Length; tissue++)
        {
            values[tissue] = Of((Tissue)tissue);
        }

        var image = new float[map.Tissues.Length];
        for (var i = 0; i < image.Length; i++)
        {
            var tissue = map.Tissues[i];
            var value = values[(int)tissue];
            if (tissue is Tissue.Organ or Tissue.Muscle)
            {
                value += offsets[map.Labels[i]];
                value += map.Septum[i] * (Septum - value);
            }

            image[i] = value;
        }

        return image;
    }
}
