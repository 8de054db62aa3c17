using XlstmSam.Imaging;

namespace XlstmSam.Cli.Segmenting;

/// <summary>Masks on disk: NIfTI in the image's geometry, or npz with the array segs.</summary>
internal static class MaskFile
{
    private const double LargestOffset = 0.5;

    /// <summary>Refuses a path that could not be written, before any work is done.</summary>
    public static void CheckWritable(string path, string option, params ReadOnlySpan<string> endings)
    {
        var fits = false;
        foreach (var ending in endings)
        {
            fits |= path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
        }

        if (!fits)
        {
            throw new UsageException($"{option} '{path}': expected a name that ends in {string.Join(" or ", endings.ToArray())}.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder) || Directory.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"{option} '{path}': it is a folder; expected a file." : $"{option} '{path}': the folder '{folder}' does not exist.");
        }

        try
        {
            using var probe = new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option} '{path}': nothing can be written in the folder '{folder}'; give another place.");
        }
    }

    /// <summary>Refuses what is no place for a mask; the image itself least of all.</summary>
    public static void CheckMaskPlace(string path, string option, string image)
    {
        CheckWritable(path, option, ".nii", ".nii.gz", ".npz");
        if (Target(path) == Target(image))
        {
            throw new UsageException($"{option} '{path}' is the image itself; give another name.");
        }
    }

    /// <param name="like">The header of the image, or null when it came from an npz.</param>
    public static void Write(string path, Volume<byte> mask, NiftiHeader? like)
    {
        if (ScanFile.IsNpz(path))
        {
            NpzWriter.Write(path, [new("segs", new NpyArray(mask.Voxels, mask.Size.Z, mask.Size.Y, mask.Size.X))]);
        }
        else
        {
            NiftiWriter.Write(path, mask, like);
        }
    }

    /// <summary>A mask to start from: every voxel that is not 0. It must lie on the image's grid.</summary>
    public static Volume<byte> Read(string path, VolumeGeometry image)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"--mask '{path}': there is no such file.", path);
        }

        var labels = ScanFile.IsNpz(path) ? ReadNpz(path, image) : NiftiReader.ReadLabels(path).Volume;
        if (labels.Size != image.Size || !(Farthest(labels.Geometry, image) <= LargestOffset))
        {
            throw new InvalidDataException($"--mask '{path}': its grid of {labels.Size} is not that of the image, {image.Size}, or lies elsewhere. Resample it onto the image.");
        }

        return new(image, Array.ConvertAll(labels.Voxels, label => (byte)(label != 0 ? 1 : 0)));
    }

    // An npz of segs says nothing of space: it takes the image's.
    private static Volume<int> ReadNpz(string path, VolumeGeometry image)
    {
        using var archive = NpzArchive.Open(path);
        var array = archive.TryRead("segs") ?? archive.TryRead("gts") ?? throw new InvalidDataException($"--mask '{path}': it has no array segs or gts.");
        return array.Shape is [var z, var y, var x] && new Size3(x, y, z) == image.Size
            ? new(image, array.ToIntegers($"--mask '{path}'"))
            : throw new InvalidDataException($"--mask '{path}': its array is {array}; expected ({image.Size.Z}, {image.Size.Y}, {image.Size.X}).");
    }

    /// <summary>Where a path leads, links followed.</summary>
    private static string Target(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);

    private static double Farthest(VolumeGeometry mask, VolumeGeometry image)
    {
        var (size, farthest) = (image.Size, 0.0);
        for (var corner = 0; corner < 8; corner++)
        {
            var voxel = new Vector3d((corner & 1) * (size.X - 1), ((corner >> 1) & 1) * (size.Y - 1), (corner >> 2) * (size.Z - 1));
            farthest = Math.Max(farthest, (image.ToVoxel(mask.ToWorld(voxel)) - voxel).Length);
        }

        return farthest;
    }
}
