using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace XlstmSam.Imaging;

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
        switch (array.Data)
        {
            case byte[] a: WriteNumbers<byte>(stream, array, a); break;
            case sbyte[] a: WriteNumbers<sbyte>(stream, array, a); break;
            case short[] a: WriteNumbers<short>(stream, array, a); break;
            case ushort[] a: WriteNumbers<ushort>(stream, array, a); break;
            case int[] a: WriteNumbers<int>(stream, array, a); break;
            case uint[] a: WriteNumbers<uint>(stream, array, a); break;
            case long[] a: WriteNumbers<long>(stream, array, a); break;
            case ulong[] a: WriteNumbers<ulong>(stream, array, a); break;
            case Half[] a: WriteNumbers<Half>(stream, array, a); break;
            case float[] a: WriteNumbers<float>(stream, array, a); break;
            case double[] a: WriteNumbers<double>(stream, array, a); break;
            case bool[] a: WriteNumbers<bool>(stream, array, a); break;
            case string[] a: WriteTexts(stream, array, a); break;
            case object?[] a:
                stream.Write(NpyHeader.Format("|O", array.Shape));
                stream.Write(PickleWriter.WriteObjectArray(array.Shape, a).Span);
                break;
            default: throw new ArgumentException($"NpzWriter: {array} cannot be written; expected numbers, booleans, texts or objects.");
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
