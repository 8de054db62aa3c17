using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace XlstmSam.Files;

/// <summary>Writes .npz files that numpy loads; object arrays need numpy.load(allow_pickle=True). Equal content gives equal bytes.</summary>
public static class NpzWriter
{
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(string path, IReadOnlyList<KeyValuePair<string, NpyArray>> arrays, CompressionLevel compression = CompressionLevel.Optimal) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, compression));

    public static void Write(Stream stream, IReadOnlyList<KeyValuePair<string, NpyArray>> arrays, CompressionLevel compression = CompressionLevel.Optimal)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            var entry = zip.CreateEntry(name + ".npy", compression);
            entry.LastWriteTime = Epoch;
            using var member = entry.Open();
            WriteArray(member, array);
        }
    }

    private static void WriteArray(Stream stream, NpyArray array)
    {
        switch (array.Element)
        {
            case StoredType.UInt8: WriteNumbers(stream, array, (byte[])array.Data); break;
            case StoredType.Int8: WriteNumbers(stream, array, (sbyte[])array.Data); break;
            case StoredType.Int16: WriteNumbers(stream, array, (short[])array.Data); break;
            case StoredType.UInt16: WriteNumbers(stream, array, (ushort[])array.Data); break;
            case StoredType.Int32: WriteNumbers(stream, array, (int[])array.Data); break;
            case StoredType.UInt32: WriteNumbers(stream, array, (uint[])array.Data); break;
            case StoredType.Int64: WriteNumbers(stream, array, (long[])array.Data); break;
            case StoredType.UInt64: WriteNumbers(stream, array, (ulong[])array.Data); break;
            case StoredType.Float16: WriteNumbers(stream, array, (Half[])array.Data); break;
            case StoredType.Float32: WriteNumbers(stream, array, (float[])array.Data); break;
            case StoredType.Float64: WriteNumbers(stream, array, (double[])array.Data); break;
            case StoredType.Boolean: WriteNumbers(stream, array, (bool[])array.Data); break;
            case null when array.IsText: WriteTexts(stream, array, (string[])array.Data); break;
            default:
                stream.Write(NpyHeader.Format("|O", array.Shape));
                stream.Write(PickleWriter.WriteObjectArray(array.Shape, (object?[])array.Data).Span);
                break;
        }
    }

    private static void WriteNumbers<T>(Stream stream, NpyArray array, T[] values)
        where T : unmanaged
    {
        const int Block = 1 << 20;
        stream.Write(NpyHeader.Format(NpyType.DescrOf(ElementCodec.TypeOf<T>()), array.Shape));
        for (var at = 0L; at < values.LongLength; at += Block)
        {
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan((int)at, (int)Math.Min(Block, values.LongLength - at))));
        }
    }

    private static void WriteTexts(Stream stream, NpyArray array, string[] texts)
    {
        var runes = texts.Select(t => Encoding.UTF32.GetBytes(t)).ToArray();
        var size = Math.Max(4, runes.Select(r => r.Length).DefaultIfEmpty(0).Max());
        stream.Write(NpyHeader.Format($"<U{size / 4}", array.Shape));
        foreach (var bytes in runes)
        {
            stream.Write(bytes);
            stream.Write(new byte[size - bytes.Length]);
        }
    }
}
