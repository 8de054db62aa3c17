using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace XlstmSam.Files;

/// <summary>Writes float32 arrays as one safetensors stream. The same arrays and metadata give the same bytes.</summary>
public static class SafeTensorsWriter
{
    /// <param name="arrays">Names, published shapes and a function that yields the values when their turn comes.</param>
    public static void Write(
        Stream stream, IReadOnlyList<(string Name, long[] Shape, Func<float[]> Values)> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        var header = Header(arrays, metadata);
        Span<byte> length = stackalloc byte[sizeof(long)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (name, shape, source) in arrays)
        {
            var values = source();
            if (values.LongLength != Count(shape))
            {
                throw new ArgumentException($"SafeTensorsWriter: '{name}' has {values.LongLength} values for the shape ({string.Join(", ", shape)}).");
            }

            stream.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    private static byte[] Header(IReadOnlyList<(string Name, long[] Shape, Func<float[]> Values)> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            var at = 0L;
            foreach (var (name, shape, _) in arrays)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                var end = at + (Count(shape) * sizeof(float));
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                at = end;
            }

            json.WriteEndObject();
        }

        // The data starts on a boundary of 64 bytes.
        var padded = (buffer.WrittenCount + sizeof(long) + 63) / 64 * 64;
        var header = new byte[padded - sizeof(long)];
        Array.Fill(header, (byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
