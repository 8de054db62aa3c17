using System.Security.Cryptography;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A case of one NIfTI image and perhaps one of labels on the same grid.</summary>
internal sealed class NiftiCaseReader(string imagePath, string? labelPath, IReadOnlyDictionary<int, string> names) : ICaseReader
{
    /// <summary>Label voxels must lie within half a voxel of the image's; beyond that they label a neighbour.</summary>
    private const double LargestOffset = 0.5;

    public CtWindow? Window { get; init; }

    /// <summary>Take the first of several volumes without asking: the first channel.</summary>
    public bool TakesFirstVolume { get; init; }

    public bool IsWorthKeeping => true;

    public long CountVoxels()
    {
        try
        {
            return NiftiReader.ReadCheckedSize(imagePath).Count;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return 0;
        }
    }

    public LoadedCase Read(CaseInfo info)
    {
        var image = NiftiReader.ReadImage(imagePath, TakesFirstVolume ? 0 : null);
        var labels = labelPath is null ? null : NiftiReader.ReadLabels(labelPath).Volume;
        if (labels is not null)
        {
            RequireOneGrid(info, image.Volume.Geometry, labels.Geometry);
            labels = new(image.Volume.Geometry, labels.Voxels);
        }

        var modality = info.Modality == Modality.Unknown ? Intensity.GuessModality(image.Volume) : info.Modality;
        return new(info.Id, image.Volume, labels, names, modality, Intensity.OriginOf(image.Header)) { Window = Window, Header = image.Header };
    }

    public void AddTo(IncrementalHash fingerprint)
    {
        fingerprint.AddText($"nifti, window {Window}, first volume {TakesFirstVolume}");
        fingerprint.AddNames(names);
        fingerprint.AddFile(imagePath);
        fingerprint.AddFile(labelPath);
    }

    public void AddStamp(IncrementalHash fingerprint)
    {
        fingerprint.AddFileStamp(imagePath);
        fingerprint.AddFileStamp(labelPath);
    }

    private void RequireOneGrid(CaseInfo info, VolumeGeometry image, VolumeGeometry labels)
    {
        if (image.Size != labels.Size)
        {
            throw new InvalidDataException($"Case '{info.Id}': image '{imagePath}' has {image.Size} voxels, labels '{labelPath}' have {labels.Size}; expected one grid. Resample the labels onto the image.");
        }

        var (size, farthest) = (image.Size, 0.0);
        for (var corner = 0; corner < 8; corner++)
        {
            var voxel = new Vector3d((corner & 1) * (size.X - 1), ((corner >> 1) & 1) * (size.Y - 1), (corner >> 2) * (size.Z - 1));
            var off = image.ToVoxel(labels.ToWorld(voxel)) - voxel;
            farthest = Math.Max(farthest, Math.Max(Math.Abs(off.X), Math.Max(Math.Abs(off.Y), Math.Abs(off.Z))));
        }

        if (!(farthest <= LargestOffset))
        {
            throw new InvalidDataException(
                $"Case '{info.Id}': a corner of labels '{labelPath}' lies {farthest:0.0} voxels from that of image '{imagePath}'; expected at most {LargestOffset}. Resample the labels onto the image, or correct the affine.");
        }
    }
}
