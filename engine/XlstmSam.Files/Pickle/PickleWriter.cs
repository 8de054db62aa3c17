using System.Buffers.Binary;

namespace XlstmSam.Files;

/// <summary>
/// Writes object arrays as numpy 1.24 does (pickle protocol 3), byte for byte for the challenge's boxes, clicks and orders:
/// null, bool, long, double, string, <see cref="NumpyInt64"/>, lists, tuples (object?[]) and dictionaries with text keys.
/// </summary>
internal sealed class PickleWriter
{
    private const int BatchSize = 1000;
    private const int DeepestNesting = 64;

    private readonly PickleOutput output = new();
    private readonly Dictionary<string, int> shared = [];

    public static ReadOnlyMemory<byte> WriteObjectArray(IReadOnlyList<int> shape, object?[] items)
    {
        var writer = new PickleWriter();
        writer.WriteArray(shape, items);
        return writer.output.Written;
    }

    private void WriteArray(IReadOnlyList<int> shape, object?[] items)
    {
        output.Op(PickleOpcode.Proto, 3);
        Shared("numpy.core.multiarray _reconstruct", () => output.Global("numpy.core.multiarray", "_reconstruct"));
        Shared("numpy ndarray", () => output.Global("numpy", "ndarray"));
        output.Int(0);
        output.Op(PickleOpcode.Tuple1);
        output.Put();
        output.Bytes("b"u8);
        output.Op(PickleOpcode.Tuple3);
        output.Put();
        output.Op(PickleOpcode.Reduce);
        output.Put();
        output.Op(PickleOpcode.Mark);
        output.Int(1);
        Tuple(shape.Select(s => (object?)(long)s).ToArray(), 0);
        ElementTypeOf("O8", "|", 63);
        output.Op(PickleOpcode.NewFalse);
        List(items, 0);
        output.Op(PickleOpcode.Tuple);
        output.Put();
        output.Op(PickleOpcode.Build);
        output.Op(PickleOpcode.Stop);
    }

    private void Value(object? value, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new ArgumentException($"PickleWriter: values nest deeper than {DeepestNesting}; expected lists of dictionaries of lists.");
        }

        switch (value)
        {
            case null: output.Op(PickleOpcode.None); break;
            case bool truth: output.Op(truth ? PickleOpcode.NewTrue : PickleOpcode.NewFalse); break;
            case int number: output.Int(number); break;
            case long number: output.Int(number); break;
            case double number: output.Double(number); break;
            case string text: output.Text(text); break;
            case NumpyInt64 scalar: Scalar(scalar.Value); break;
            case object?[] tuple: Tuple(tuple, depth + 1); break;
            case IReadOnlyList<object?> list: List(list, depth + 1); break;
            case IReadOnlyDictionary<string, object?> dictionary: Dictionary(dictionary, depth + 1); break;
            default:
                throw new ArgumentException(
                $"PickleWriter: a {value.GetType().Name} cannot be written; expected null, bool, long, double, string, NumpyInt64, a list or a dictionary.");
        }
    }

    private void Scalar(long value)
    {
        Shared("numpy.core.multiarray scalar", () => output.Global("numpy.core.multiarray", "scalar"));
        ElementTypeOf("i8", "<", 0);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        output.Bytes(bytes);
        output.Op(PickleOpcode.Tuple2);
        output.Put();
        output.Op(PickleOpcode.Reduce);
        output.Put();
    }

    // dtype(code, False, True) with state (3, order, None, None, None, -1, -1, flags)
    private void ElementTypeOf(string code, string order, int flags)
    {
        if (output.Recall(shared, code))
        {
            return;
        }

        Shared("numpy dtype", () => output.Global("numpy", "dtype"));
        output.Text(code);
        output.Op(PickleOpcode.NewFalse);
        output.Op(PickleOpcode.NewTrue);
        output.Op(PickleOpcode.Tuple3);
        output.Put();
        output.Op(PickleOpcode.Reduce);
        shared[code] = output.Put();
        output.Op(PickleOpcode.Mark);
        output.Int(3);
        output.Text(order);
        output.Op(PickleOpcode.None);
        output.Op(PickleOpcode.None);
        output.Op(PickleOpcode.None);
        output.Int(-1);
        output.Int(-1);
        output.Int(flags);
        output.Op(PickleOpcode.Tuple);
        output.Put();
        output.Op(PickleOpcode.Build);
    }

    private void List(IReadOnlyList<object?> items, int depth)
    {
        output.Op(PickleOpcode.EmptyList);
        output.Put();
        for (var at = 0; at < items.Count; at += BatchSize)
        {
            var count = Math.Min(BatchSize, items.Count - at);
            if (count > 1)
            {
                output.Op(PickleOpcode.Mark);
            }

            for (var i = at; i < at + count; i++)
            {
                Value(items[i], depth);
            }

            output.Op(count > 1 ? PickleOpcode.Appends : PickleOpcode.Append);
        }
    }

    private void Dictionary(IReadOnlyDictionary<string, object?> items, int depth)
    {
        output.Op(PickleOpcode.EmptyDict);
        output.Put();
        foreach (var batch in items.Chunk(BatchSize))
        {
            if (batch.Length > 1)
            {
                output.Op(PickleOpcode.Mark);
            }

            foreach (var (key, value) in batch)
            {
                output.Text(key);
                Value(value, depth);
            }

            output.Op(batch.Length > 1 ? PickleOpcode.SetItems : PickleOpcode.SetItem);
        }
    }

    private void Tuple(object?[] items, int depth)
    {
        if (items.Length == 0)
        {
            output.Op(PickleOpcode.EmptyTuple);
            return;
        }

        if (items.Length > 3)
        {
            output.Op(PickleOpcode.Mark);
        }

        foreach (var item in items)
        {
            Value(item, depth);
        }

        output.Op(items.Length switch { 1 => PickleOpcode.Tuple1, 2 => PickleOpcode.Tuple2, 3 => PickleOpcode.Tuple3, _ => PickleOpcode.Tuple });
        output.Put();
    }

    private void Shared(string name, Action write)
    {
        if (!output.Recall(shared, name))
        {
            write();
            shared[name] = output.Put();
        }
    }
}
