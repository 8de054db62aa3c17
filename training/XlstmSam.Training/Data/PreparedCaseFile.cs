using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using K4os.Compression.LZ4;
using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>
/// A prepared case on disk: signature, names, the grid in file order, image, labels, and the SHA-256 of all that. Voxels are in LZ4 blocks,
/// as bytes where every one of them is a whole number from 0 to 255, else as they are: what is read is what was written, bit for bit.
/// </summary>
internal static class PreparedCaseFile
{
    /// <summary>Part of every key: raise it when the format or the preparation of scans changes.</summary>
    public const int Version = 2;

    private const ulong Signature = 0x4553_4143_4D41_5358; // "XSAMCASE"
    private const int Block = 16 << 20;

    public static void Write(Stream stream, PreparedCase prepared)
    {
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(hashing, Encoding.UTF8))
        {
            writer.Write(Signature);
            writer.Write(prepared.Names.Count);
            foreach (var (label, name) in prepared.Names)
            {
                writer.Write(label);
                writer.Write(name);
            }

            writer.Write(prepared.Warnings.Count);
            foreach (var warning in prepared.Warnings)
            {
                writer.Write(warning);
            }

            WriteGeometry(writer, prepared.Scan.ToRas.Source);
            WriteVoxels(
                writer,
                prepared.Scan.Image.Voxels,
                value => value is >= 0 and <= 255 && value == (byte)value && !float.IsNegative(value),
                value => (byte)value);
            writer.Write(prepared.Labels is not null);
            if (prepared.Labels is not null)
            {
                WriteVoxels(writer, prepared.Labels.Voxels, value => value <= byte.MaxValue, value => (byte)value);
            }
        }

        stream.Write(sha.Hash!);
    }

    /// <summary>The case of a file; null when there is none or it is damaged.</summary>
    public static PreparedCase? TryRead(string path, string id)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            using var file = File.OpenRead(path);
            if (!IsWhole(file))
            {
                return null;
            }

            file.Position = 0;
            using var reader = new BinaryReader(file, Encoding.UTF8);
            return reader.ReadUInt64() == Signature ? Read(reader, id) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static PreparedCase Read(BinaryReader reader, string id)
    {
        var names = new Dictionary<int, string>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            names[reader.ReadInt32()] = reader.ReadString();
        }

        var warnings = new List<string>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            warnings.Add(reader.ReadString());
        }

        var toRas = Orientation.ToRas(ReadGeometry(reader));
        var image = new Volume<float>(toRas.Target, ReadVoxels(reader, toRas.Target.Size.Count, value => (float)value));
        var labels = reader.ReadBoolean() ? new Volume<ushort>(toRas.Target, ReadVoxels(reader, toRas.Target.Size.Count, value => (ushort)value)) : null;
        return new(id, PreparedScan.Restore(image, toRas), labels, names) { Warnings = warnings };
    }

    private static bool IsWhole(FileStream file)
    {
        if (file.Length < SHA256.HashSizeInBytes)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        for (var left = file.Length - SHA256.HashSizeInBytes; left > 0;)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
            {
                return false;
            }

            hash.AppendData(buffer.AsSpan(0, count));
            left -= count;
        }

        Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(stored);
        return stored.SequenceEqual(hash.GetHashAndReset());
    }

    private static void WriteGeometry(BinaryWriter writer, VolumeGeometry geometry)
    {
        var affine = geometry.VoxelToWorld;
        for (var axis = 0; axis < 3; axis++)
        {
            writer.Write(geometry.Size[axis]);
        }

        foreach (var column in (ReadOnlySpan<Vector3d>)[affine.ColumnX, affine.ColumnY, affine.ColumnZ, affine.Origin])
        {
            writer.Write(column.X);
            writer.Write(column.Y);
            writer.Write(column.Z);
        }
    }

    private static VolumeGeometry ReadGeometry(BinaryReader reader)
    {
        var size = new Size3(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var columns = new Vector3d[4];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        }

        return new(size, new(columns[0], columns[1], columns[2], columns[3]));
    }

    private static void WriteVoxels<T>(BinaryWriter writer, T[] voxels, Predicate<T> fits, Converter<T, byte> shorten)
        where T : unmanaged
    {
        var isShort = Array.TrueForAll(voxels, fits);
        writer.Write(isShort);
        if (isShort)
        {
            WriteBlocks(writer, Array.ConvertAll(voxels, shorten));
        }
        else
        {
            WriteBlocks(writer, voxels);
        }
    }

    private static T[] ReadVoxels<T>(BinaryReader reader, long count, Converter<byte, T> lengthen)
        where T : unmanaged => reader.ReadBoolean() ? Array.ConvertAll(ReadBlocks<byte>(reader, count), lengthen) : ReadBlocks<T>(reader, count);

    private static void WriteBlocks<T>(BinaryWriter writer, T[] values)
        where T : unmanaged
    {
        var step = Block / Marshal.SizeOf<T>();
        var packed = new byte[LZ4Codec.MaximumOutputSize(Math.Min(values.Length, step) * Marshal.SizeOf<T>())];
        for (var at = 0L; at < values.LongLength; at += step)
        {
            var bytes = MemoryMarshal.AsBytes(values.AsSpan((int)at, (int)Math.Min(step, values.LongLength - at)));
            var count = LZ4Codec.Encode(bytes, packed, LZ4Level.L00_FAST);
            writer.Write(count);
            writer.Write(packed, 0, count);
        }
    }

    private static T[] ReadBlocks<T>(BinaryReader reader, long count)
        where T : unmanaged
    {
        var values = new T[count];
        var step = Block / Marshal.SizeOf<T>();
        for (var at = 0L; at < count; at += step)
        {
            var bytes = MemoryMarshal.AsBytes(values.AsSpan((int)at, (int)Math.Min(step, count - at)));
            var packed = reader.ReadBytes(reader.ReadInt32());
            if (LZ4Codec.Decode(packed, bytes) != bytes.Length)
            {
                throw new InvalidDataException("a block has another length");
            }
        }

        return values;
    }
}
