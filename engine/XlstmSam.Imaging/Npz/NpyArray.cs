using System.Runtime.InteropServices;

namespace XlstmSam.Imaging;

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
    }

    public Array Data { get; }

    public IReadOnlyList<int> Shape { get; }

    public bool IsText => Data is string[];

    public bool IsObject => Data is object?[] and not string[];

    public bool IsNumeric => Data is not object?[];

    /// <summary>"(8, 9, 10) UInt8", for messages.</summary>
    public override string ToString() => $"{Describe(Shape)} {Data.GetType().GetElementType()!.Name}";

    /// <summary>The elements as floats; the array itself when it already holds floats.</summary>
    public float[] ToFloats(string subject)
    {
        if (Data is float[] floats)
        {
            return floats;
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
        if (Data is int[] integers)
        {
            return integers;
        }

        var values = new int[RequireNumeric(subject).LongLength];
        ForEachBlock((at, block) => LabelValues.Round(block, values.AsSpan(at, block.Length), subject));
        return values;
    }

    public double[] ToDoubles(string subject)
    {
        if (Data is double[] doubles)
        {
            return doubles;
        }

        var values = new double[RequireNumeric(subject).LongLength];
        ForEachBlock((at, block) => block.CopyTo(values.AsSpan(at)));
        return values;
    }

    internal static string Describe(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)}{(shape.Count == 1 ? "," : "")})";

    private delegate void BlockAction(int at, ReadOnlySpan<double> block);

    private void ForEachBlock(BlockAction action)
    {
        switch (Data)
        {
            case byte[] a: Walk<byte>(a, action); break;
            case sbyte[] a: Walk<sbyte>(a, action); break;
            case short[] a: Walk<short>(a, action); break;
            case ushort[] a: Walk<ushort>(a, action); break;
            case int[] a: Walk<int>(a, action); break;
            case uint[] a: Walk<uint>(a, action); break;
            case long[] a: Walk<long>(a, action); break;
            case ulong[] a: Walk<ulong>(a, action); break;
            case Half[] a: Walk<Half>(a, action); break;
            case float[] a: Walk<float>(a, action); break;
            case double[] a: Walk<double>(a, action); break;
            case bool[] a: Walk<bool>(a, action); break;
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
