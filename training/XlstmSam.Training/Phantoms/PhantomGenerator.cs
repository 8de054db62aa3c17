using System.Globalization;
using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>Draws labelled volumes that look like CT, MRI, PET, ultrasound and microscopy; (config, seed, index) fixes every bit.</summary>
public static class PhantomGenerator
{
    private static readonly Vector3d[] Spacings =
        [new(1, 1, 1), new(1, 1, 1), new(0.9, 0.9, 1.5), new(1.2, 1.2, 2), new(1.5, 1.5, 1.5), new(1.1, 1.3, 1)];

    private static readonly Vector3d WideSpacing = new(1.2, 1.2, 2);

    public static PhantomCase Generate(PhantomConfig config, ulong seed, int index)
    {
        if (index < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"PhantomGenerator: index is {index}; expected 0 or more.");
        }

        var modality = config.ModalityOf(index);
        var renderer = RendererOf(modality);
        var shapes = RandomStream.Create(seed, StreamPurpose.Phantom, caseIndex: index);
        var geometry = Grid(config, ref shapes);
        var anatomy = new Anatomy(config.Variation, ref shapes);
        var map = new TissueMap(geometry, anatomy, config.Variation, ref shapes);
        var noise = RandomStream.Create(seed, StreamPurpose.PhantomNoise, caseIndex: index);
        var image = renderer.Render(map, config.Noise, ref noise);
        return new(
            $"phantom_{modality}_{index.ToString("D6", CultureInfo.InvariantCulture)}",
            modality,
            new(geometry, image),
            new(geometry, map.Labels),
            Anatomy.Names);
    }

    private static IModalityRenderer RendererOf(string modality) => modality switch
    {
        PhantomModality.CT => new CtRenderer(),
        PhantomModality.MRI => new MriRenderer(),
        PhantomModality.PET => new PetRenderer(),
        PhantomModality.Ultrasound => new UltrasoundRenderer(),
        PhantomModality.Microscopy => new MicroscopyRenderer(),
        _ => throw new ArgumentException($"PhantomGenerator: modality '{modality}'; expected one of {string.Join(", ", PhantomModality.All)}."),
    };

    // A grid about the world's origin, so that the middle of the volume is the middle of the body.
    private static VolumeGeometry Grid(PhantomConfig config, ref RandomStream stream)
    {
        var wide = stream.Bernoulli(config.WideShare);
        var drawn = wide ? WideSpacing : Spacings[stream.Int(Spacings.Length)];
        var spacing = config.Spacing ?? drawn;
        var (from, to) = wide ? (66.0, 80.0) : (46.0, 58.0);
        var field = new Size3(Voxels(spacing.X, from, to, ref stream), Voxels(spacing.Y, from, to, ref stream), Voxels(spacing.Z, from, to, ref stream));
        var (x, y, z) = config.Size ?? field;
        var corner = new Vector3d((x - 1) * spacing.X / -2, (y - 1) * spacing.Y / -2, (z - 1) * spacing.Z / -2);
        return new(new(x, y, z), Affine3.Scale(spacing.X, spacing.Y, spacing.Z) with { Origin = corner });
    }

    private static int Voxels(double spacing, double from, double to, ref RandomStream stream) =>
        (int)Math.Round(stream.Uniform(from, to) / spacing);
}
