using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>What phantoms to draw: case i shows modality i modulo the list; the other numbers are factors and millimetres.</summary>
/// <param name="Modalities">The modalities in turn; null means all five.</param>
/// <param name="Variation">The spread of pose and shape between cases: 1 is wide, 0 repeats one anatomy.</param>
/// <param name="Noise">A factor on the noise of every modality: 1 is a poor scan, 0 leaves blur, texture and artefacts only.</param>
/// <param name="WideShare">The share of cases with a field of view of 66 to 80 mm instead of 46 to 58 mm per side.</param>
/// <param name="Size">Voxels of every volume, about the same body; null draws them from the field of view.</param>
/// <param name="Spacing">Millimetres between voxels of every volume; null draws them.</param>
public sealed record PhantomConfig(
    IReadOnlyList<string>? Modalities = null,
    double Variation = 0.6,
    double Noise = 0.8,
    double WideShare = 0.15,
    Size3? Size = null,
    Vector3d? Spacing = null)
{
    public string ModalityOf(int index)
    {
        var modalities = Modalities ?? PhantomModality.All;
        return modalities[index % modalities.Count];
    }
}
