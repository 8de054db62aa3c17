using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Files;

/// <summary>Reads one .npy stream of a known length.</summary>
internal static class NpyReader
{
    public static NpyArray Read(ByteSource source, long length)
    {
        var header = NpyHeader.Read(source);
        var count = header.Count(source.Subject);
        var left = length - source.Position;
        if (left < 0)
        {
            throw new InvalidDataException(
                $"{source.Subject}: the zip directory announces {length} bytes, its npy header alone has {source.Position}. The file is damaged: copy or " +
                "export it again.");
        }

        if (header.Type.Kind == NpyKind.Object)
        {
            var pickle = Join(source.ReadSegments(left, "the pickled objects"), left, source.Subject);
            var objects = new Unpickler(pickle, source.Subject).ReadObjectArray();
            return objects.Length == count
                ? new NpyArray(Reorder(objects, header), header.Shape)
                : throw new InvalidDataException(
                    $"{source.Subject}: {objects.Length} pickled objects; the header announces {NpyArray.Describe(header.Shape)}. The file is damaged: save " +
                    "it again.");
        }

        var needed = count * header.Type.ItemSize;
        if (needed != left)
        {
            throw new InvalidDataException(
                $"{source.Subject}: shape {NpyArray.Describe(header.Shape)} with {header.Type.ItemSize} bytes per element needs {needed} bytes; {left} are " +
                "there. The file is truncated or damaged: save it again.");
        }

        if (header.Type.ItemSize == 0 && count > length)
        {
            throw new InvalidDataException($"{source.Subject}: {count} empty texts in a member of {length} bytes. The file is damaged: save it again.");
        }

        var segments = source.ReadSegments(needed, "the array data");
        return Decode(segments, needed, header, count, source.Subject);
    }

    /// <summary>Elements in memory (the data of a pickled array or scalar) as an array in C order.</summary>
    public static NpyArray Decode(byte[] data, NpyHeader header, string subject)
    {
        var count = header.Count(subject);
        return count * header.Type.ItemSize == data.Length && (header.Type.ItemSize > 0 || count == 1)
            ? Decode([(byte[])data.Clone()], data.Length, header, count, subject)
            : throw new InvalidDataException(
                $"{subject}: a pickled array of shape {NpyArray.Describe(header.Shape)} has {data.Length} bytes; expected {count * header.Type.ItemSize}. " +
                "The file is damaged: save it again.");
    }

    private static NpyArray Decode(List<byte[]> segments, long length, NpyHeader header, long count, string subject)
    {
        var type = header.Type;
        if (type.Kind == NpyKind.Text)
        {
            return new(Reorder(DecodeText(Join(segments, length, subject), type, (int)count, subject), header), header.Shape);
        }

        var data = ElementCodec.ToArray(segments, type.Element, type.IsBigEndian, count, subject);
        return new(header.FortranOrder && header.Shape.Length > 1 ? ReorderNumbers(data, header) : data, header.Shape);
    }

    // <U elements are UTF-32, padded with zeros at the end.
    private static string[] DecodeText(byte[] data, NpyType type, int count, string subject)
    {
        var texts = new string[count];
        var builder = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            builder.Clear();
            for (var at = 0; at < type.ItemSize; at += 4)
            {
                var bytes = data.AsSpan((i * type.ItemSize) + at);
                var rune = type.IsBigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);
                if (!Rune.IsValid(rune))
                {
                    throw new InvalidDataException(
                        $"{subject}: text element {i} holds {rune}, which is no Unicode character. The file is damaged: save it again.");
                }

                builder.Append(new Rune(rune).ToString());
            }

            texts[i] = builder.ToString().TrimEnd('\0');
        }

        return texts;
    }

    private static Array ReorderNumbers(Array data, NpyHeader header) => header.Type.Element switch
    {
        StoredType.UInt8 => Reorder((byte[])data, header),
        StoredType.Int8 => Reorder((sbyte[])data, header),
        StoredType.Int16 => Reorder((short[])data, header),
        StoredType.UInt16 => Reorder((ushort[])data, header),
        StoredType.Int32 => Reorder((int[])data, header),
        StoredType.UInt32 => Reorder((uint[])data, header),
        StoredType.Int64 => Reorder((long[])data, header),
        StoredType.UInt64 => Reorder((ulong[])data, header),
        StoredType.Float16 => Reorder((Half[])data, header),
        StoredType.Float32 => Reorder((float[])data, header),
        StoredType.Float64 => Reorder((double[])data, header),
        _ => Reorder((bool[])data, header),
    };

    // Fortran order: element (i0, i1, ...) lies at i0 + n0 (i1 + n1 (...)); the result counts its last axis fastest.
    private static T[] Reorder<T>(T[] data, NpyHeader header)
    {
        var shape = header.Shape;
        if (!header.FortranOrder || shape.Length < 2)
        {
            return data;
        }

        var strides = new int[shape.Length];
        for (int axis = 0, stride = 1; axis < shape.Length; stride *= shape[axis++])
        {
            strides[axis] = stride;
        }

        var ordered = new T[data.Length];
        var index = new int[shape.Length];
        var from = 0;
        for (var to = 0; to < ordered.Length; to++)
        {
            ordered[to] = data[from];
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return ordered;
    }

    private static byte[] Join(List<byte[]> segments, long length, string subject)
    {
        if (segments.Count == 1)
        {
            return segments[0];
        }

        var whole = ElementCodec.Allocate<byte>(length, subject);
        var at = 0;
        foreach (var segment in segments)
        {
            segment.CopyTo(whole, at);
            at += segment.Length;
        }

        return whole;
    }
}
