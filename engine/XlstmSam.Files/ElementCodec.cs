using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace XlstmSam.Files;

/// <summary>Turns stored bytes of an <see cref="StoredType"/> into doubles or typed arrays.</summary>
internal static class ElementCodec
{
    public static int SizeOf(StoredType type) => type switch
    {
        StoredType.UInt8 or StoredType.Int8 or StoredType.Boolean => 1,
        StoredType.Int16 or StoredType.UInt16 or StoredType.Float16 => 2,
        StoredType.Int32 or StoredType.UInt32 or StoredType.Float32 => 4,
        _ => 8,
    };

    public static StoredType TypeOf<T>()
        where T : unmanaged =>
        TypeOf(typeof(T)) ?? throw new ArgumentException($"Arrays of {typeof(T).Name} cannot be stored; expected a number of 8 to 64 bits or a boolean.");

    /// <summary>The type of an array's elements, null when they are no numbers. A pattern match would take sbyte[] for byte[].</summary>
    public static StoredType? TypeOf(Array array) => TypeOf(array.GetType().GetElementType()!);

    private static StoredType? TypeOf(Type type) =>
        type == typeof(byte) ? StoredType.UInt8
        : type == typeof(sbyte) ? StoredType.Int8
        : type == typeof(short) ? StoredType.Int16
        : type == typeof(ushort) ? StoredType.UInt16
        : type == typeof(int) ? StoredType.Int32
        : type == typeof(uint) ? StoredType.UInt32
        : type == typeof(long) ? StoredType.Int64
        : type == typeof(ulong) ? StoredType.UInt64
        : type == typeof(float) ? StoredType.Float32
        : type == typeof(double) ? StoredType.Float64
        : type == typeof(Half) ? StoredType.Float16
        : type == typeof(bool) ? StoredType.Boolean
        : null;

    /// <summary>Swaps the byte order of every element in place.</summary>
    public static void ReverseBytes(Span<byte> raw, int elementSize)
    {
        if (elementSize == 2)
        {
            var values = MemoryMarshal.Cast<byte, ushort>(raw);
            BinaryPrimitives.ReverseEndianness(values, values);
        }
        else if (elementSize == 4)
        {
            var values = MemoryMarshal.Cast<byte, uint>(raw);
            BinaryPrimitives.ReverseEndianness(values, values);
        }
        else if (elementSize == 8)
        {
            var values = MemoryMarshal.Cast<byte, ulong>(raw);
            BinaryPrimitives.ReverseEndianness(values, values);
        }
    }

    /// <summary>Little-endian elements as doubles; 64-bit integers beyond 2^53 are rounded.</summary>
    public static void ToDoubles(ReadOnlySpan<byte> raw, StoredType type, Span<double> values)
    {
        switch (type)
        {
            case StoredType.UInt8 or StoredType.Boolean: Widen<byte>(raw, values); break;
            case StoredType.Int8: Widen<sbyte>(raw, values); break;
            case StoredType.Int16: Widen<short>(raw, values); break;
            case StoredType.UInt16: Widen<ushort>(raw, values); break;
            case StoredType.Int32: Widen<int>(raw, values); break;
            case StoredType.UInt32: Widen<uint>(raw, values); break;
            case StoredType.Int64: Widen<long>(raw, values); break;
            case StoredType.UInt64: Widen<ulong>(raw, values); break;
            case StoredType.Float16: Widen<Half>(raw, values); break;
            case StoredType.Float32: Widen<float>(raw, values); break;
            default: Widen<double>(raw, values); break;
        }
    }

    /// <summary>A typed array (byte[], short[], ... bool[]) with the elements of the segments.</summary>
    public static Array ToArray(IEnumerable<byte[]> segments, StoredType type, bool swap, long count, string subject) => type switch
    {
        StoredType.UInt8 => Fill<byte>(segments, swap, count, subject),
        StoredType.Int8 => Fill<sbyte>(segments, swap, count, subject),
        StoredType.Int16 => Fill<short>(segments, swap, count, subject),
        StoredType.UInt16 => Fill<ushort>(segments, swap, count, subject),
        StoredType.Int32 => Fill<int>(segments, swap, count, subject),
        StoredType.UInt32 => Fill<uint>(segments, swap, count, subject),
        StoredType.Int64 => Fill<long>(segments, swap, count, subject),
        StoredType.UInt64 => Fill<ulong>(segments, swap, count, subject),
        StoredType.Float16 => Fill<Half>(segments, swap, count, subject),
        StoredType.Float32 => Fill<float>(segments, swap, count, subject),
        StoredType.Float64 => Fill<double>(segments, swap, count, subject),
        _ => Array.ConvertAll(Fill<byte>(segments, swap, count, subject), b => b != 0),
    };

    public static T[] Allocate<T>(long count, string subject)
    {
        if (count > Array.MaxLength)
        {
            throw new InvalidDataException($"{subject}: {count} elements; at most {Array.MaxLength} fit one array. Split or downsample the volume.");
        }

        try
        {
            return new T[count];
        }
        catch (OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"{subject}: {count} elements do not fit the memory of this machine. Downsample the volume or use a larger machine.");
        }
    }

    private static void Widen<T>(ReadOnlySpan<byte> raw, Span<double> values)
        where T : unmanaged, INumberBase<T>
    {
        var typed = MemoryMarshal.Cast<byte, T>(raw)[..values.Length];
        for (var i = 0; i < typed.Length; i++)
        {
            values[i] = double.CreateTruncating(typed[i]);
        }
    }

    private static T[] Fill<T>(IEnumerable<byte[]> segments, bool swap, long count, string subject)
        where T : unmanaged
    {
        var values = Allocate<T>(count, subject);
        var at = 0;
        foreach (var segment in segments)
        {
            if (swap)
            {
                ReverseBytes(segment, SizeOf(TypeOf<T>()));
            }

            var typed = MemoryMarshal.Cast<byte, T>(segment);
            typed.CopyTo(values.AsSpan(at));
            at += typed.Length;
        }

        return values;
    }
}
