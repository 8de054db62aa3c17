using System.IO.Compression;
using System.Runtime.InteropServices;

namespace XlstmSam.Imaging;

/// <summary>
/// Writes one volume as .nii, .nii.gz or .hdr with .img, little-endian. With a header from <see cref="NiftiReader"/> the output keeps its
/// version, units, voxel sizes, sform and qform bit for bit; values are stored unscaled.
/// </summary>
public static class NiftiWriter
{
    /// <param name="path">Ends in .nii, .hdr or .img, with .gz for compression.</param>
    /// <param name="volume">Voxels of 8 to 64 bits.</param>
    /// <param name="like">The header of a file with the same grid; without it the geometry of the volume is written.</param>
    public static void Write<T>(string path, Volume<T> volume, NiftiHeader? like = null)
        where T : unmanaged
    {
        var header = HeaderFor(volume, like);
        if (!NiftiPaths.IsPair(path))
        {
            WriteFile(path, NiftiHeaderCodec.Format(header, pair: false), volume.Voxels);
            return;
        }

        var (headerPath, imagePath) = NiftiPaths.ForWriting(path);
        WriteFile(imagePath, [], volume.Voxels);
        WriteFile(headerPath, NiftiHeaderCodec.Format(header, pair: true), Array.Empty<byte>());
    }

    /// <summary>Writes labels in the smallest of uint8, uint16 and int32 that holds them.</summary>
    public static void WriteLabels(string path, Volume<int> labels, NiftiHeader? like = null)
    {
        var (lowest, highest) = (0, 0);
        foreach (var label in labels.Voxels)
        {
            lowest = Math.Min(lowest, label);
            highest = Math.Max(highest, label);
        }

        if (lowest < 0 || highest > ushort.MaxValue)
        {
            Write(path, labels, like);
        }
        else if (highest > byte.MaxValue)
        {
            Write(path, new Volume<ushort>(labels.Geometry, Array.ConvertAll(labels.Voxels, l => (ushort)l)), like);
        }
        else
        {
            Write(path, new Volume<byte>(labels.Geometry, Array.ConvertAll(labels.Voxels, l => (byte)l)), like);
        }
    }

    /// <summary>Writes a single file (.nii, or .nii.gz when <paramref name="compress"/> is set) to a stream.</summary>
    public static void Write<T>(Stream stream, Volume<T> volume, bool compress, NiftiHeader? like = null)
        where T : unmanaged =>
        WriteTo(stream, compress, NiftiHeaderCodec.Format(HeaderFor(volume, like), pair: false), volume.Voxels);

    private static NiftiHeader HeaderFor<T>(Volume<T> volume, NiftiHeader? like)
        where T : unmanaged
    {
        if (like is not null && like.Size != volume.Size)
        {
            throw new ArgumentException($"NiftiWriter: the volume is {volume.Size}, the header {like.Size}; expected the same grid. Resample the volume " +
                $"first.");
        }

        return (like ?? NiftiHeader.For(volume.Geometry)) with
        {
            DataTypeCode = NiftiDataType.CodeOf(ElementCodec.TypeOf<T>()),
            Slope = 1,
            Intercept = 0,
        };
    }

    private static void WriteFile<T>(string path, byte[] header, T[] voxels)
        where T : unmanaged =>
        AtomicFile.Write(path, stream => WriteTo(stream, NiftiPaths.IsCompressed(path), header, voxels));

    private static void WriteTo<T>(Stream stream, bool compress, byte[] header, T[] voxels)
        where T : unmanaged
    {
        const int Block = 1 << 20;
        using var packed = compress ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : null;
        var target = packed ?? stream;
        target.Write(header);
        for (var at = 0L; at < voxels.LongLength; at += Block)
        {
            target.Write(MemoryMarshal.AsBytes(voxels.AsSpan((int)at, (int)Math.Min(Block, voxels.LongLength - at))));
        }
    }
}
