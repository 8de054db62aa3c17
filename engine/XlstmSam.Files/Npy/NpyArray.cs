using System.Runtime.InteropServices;

namespace XlstmSam.Files;

/// <summary>An n-dimensional array in C order: the last axis is fastest in memory. A shape without axes is a single value.</summary>
public sealed class NpyArray
{
    /// <param name="data">byte[], sbyte[], ... double[], Half[], bool[], string[] or object?[].</param>
    /// <param name="shape">The size along each axis.</param>
    public NpyArray(Array data, params int[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
        }

        if (data.LongLength != count)
        {
            throw new ArgumentException($"NpyArray: {data.LongLength} elements for the shape {Describe(shape)}; expected {count}.");
        }

        Data = data;
        Shape = shape;
        Element = ElementCodec.TypeOf(data);
    }

    public Array Data { get; }

    public IReadOnlyList<int> Shape { get; }

    /// <summary>The type of the numbers; null for texts and objects.</summary>
    public StoredType? Element { get; }

    public bool IsText => Data is string[];

    public bool IsObject => Data is object?[] and not string[];

    public bool IsNumeric => Element is not null;

    /// <summary>"(8, 9, 10) UInt8", for messages.</summary>
    public override string ToString() => $"{Describe(Shape)} {Data.GetType().GetElementType()!.Name}";

    /// <summary>The elements as floats; the array itself when it already holds floats.</summary>
    public float[] ToFloats(string subject)
    {
        if (Element == StoredType.Float32)
        {
            return (float[])Data;
        }

        var values = new float[RequireNumeric(subject).LongLength];
        ForEachBlock((at, block) =>
        {
            for (var i = 0; i < block.Length; i++)
            {
                values[at + i] = (float)block[i];
            }
        });
        return values;
    }

    /// <summary>The elements as 32-bit integers; anything that is not a whole number in range is refused.</summary>
    public int[] ToIntegers(string subject)
    {
        if (Element == StoredType.Int32)
        {
            return (int[])Data;
        }

        var values = new int[RequireNumeric(subject).LongLength];
        ForEachBlock((at, block) => LabelValues.Round(block, values.AsSpan(at, block.Length), subject));
        return values;
    }

    public double[] ToDoubles(string subject)
    {
        if (Element == StoredType.Float64)
        {
            return (double[])Data;
        }

        var values = new double[RequireNumeric(subject).LongLength];
        ForEachBlock((at, block) => block.CopyTo(values.AsSpan(at)));
        return values;
    }

    internal static string Describe(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)}{(shape.Count == 1 ? "," : "")})";

    private delegate void BlockAction(int at, ReadOnlySpan<double> block);

    private void ForEachBlock(BlockAction action)
    {
        switch (Element)
        {
            case StoredType.UInt8: Walk((byte[])Data, action); break;
            case StoredType.Int8: Walk((sbyte[])Data, action); break;
            case StoredType.Int16: Walk((short[])Data, action); break;
            case StoredType.UInt16: Walk((ushort[])Data, action); break;
            case StoredType.Int32: Walk((int[])Data, action); break;
            case StoredType.UInt32: Walk((uint[])Data, action); break;
            case StoredType.Int64: Walk((long[])Data, action); break;
            case StoredType.UInt64: Walk((ulong[])Data, action); break;
            case StoredType.Float16: Walk((Half[])Data, action); break;
            case StoredType.Float32: Walk((float[])Data, action); break;
            case StoredType.Float64: Walk((double[])Data, action); break;
            case StoredType.Boolean: Walk((bool[])Data, action); break;
        }
    }

    private static void Walk<T>(T[] values, BlockAction action)
        where T : unmanaged
    {
        var type = ElementCodec.TypeOf<T>();
        Span<double> block = stackalloc double[512];
        for (var at = 0; at < values.Length; at += block.Length)
        {
            var some = values.AsSpan(at, Math.Min(block.Length, values.Length - at));
            var doubles = block[..some.Length];
            ElementCodec.ToDoubles(MemoryMarshal.AsBytes(some), type, doubles);
            action(at, doubles);
        }
    }

    private Array RequireNumeric(string subject) => IsNumeric
        ? Data
        : throw new InvalidDataException($"{subject}: is {this}; expected numbers. Save it as a numeric array.");
}
