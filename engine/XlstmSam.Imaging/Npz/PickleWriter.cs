using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Imaging;

/// <summary>
/// Writes object arrays as numpy 1.24 does (pickle protocol 3), byte for byte for the challenge's boxes, clicks and orders:
/// null, bool, long, double, string, <see cref="NumpyInt64"/>, lists, tuples (object?[]) and dictionaries with text keys.
/// </summary>
internal sealed class PickleWriter
{
    private const int BatchSize = 1000;
    private const int DeepestNesting = 64;

    private readonly ArrayBufferWriter<byte> output = new();
    private readonly Dictionary<string, int> texts = [];
    private readonly Dictionary<string, int> shared = [];
    private int memoCount;

    public static ReadOnlyMemory<byte> WriteObjectArray(IReadOnlyList<int> shape, object?[] items)
    {
        var writer = new PickleWriter();
        writer.WriteArray(shape, items);
        return writer.output.WrittenMemory;
    }

    private void WriteArray(IReadOnlyList<int> shape, object?[] items)
    {
        Op(PickleOpcode.Proto, 3);
        Shared("numpy.core.multiarray _reconstruct", () => Global("numpy.core.multiarray", "_reconstruct"));
        Shared("numpy ndarray", () => Global("numpy", "ndarray"));
        Int(0);
        Op(PickleOpcode.Tuple1);
        Put();
        Bytes("b"u8);
        Op(PickleOpcode.Tuple3);
        Put();
        Op(PickleOpcode.Reduce);
        Put();
        Op(PickleOpcode.Mark);
        Int(1);
        Tuple(shape.Select(s => (object?)(long)s).ToArray(), 0);
        ElementTypeOf("O8", "|", 63);
        Op(PickleOpcode.NewFalse);
        List(items, 0);
        Op(PickleOpcode.Tuple);
        Put();
        Op(PickleOpcode.Build);
        Op(PickleOpcode.Stop);
    }

    private void Value(object? value, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new ArgumentException($"PickleWriter: values nest deeper than {DeepestNesting}; expected lists of dictionaries of lists.");
        }

        switch (value)
        {
            case null: Op(PickleOpcode.None); break;
            case bool truth: Op(truth ? PickleOpcode.NewTrue : PickleOpcode.NewFalse); break;
            case int number: Int(number); break;
            case long number: Int(number); break;
            case double number: Double(number); break;
            case string text: Text(text); break;
            case NumpyInt64 scalar: Scalar(scalar.Value); break;
            case object?[] tuple: Tuple(tuple, depth + 1); break;
            case IReadOnlyList<object?> list: List(list, depth + 1); break;
            case IReadOnlyDictionary<string, object?> dictionary: Dictionary(dictionary, depth + 1); break;
            default: throw new ArgumentException($"PickleWriter: a {value.GetType().Name} cannot be written; expected null, bool, long, double, string, NumpyInt64, a list or a dictionary.");
        }
    }

    private void Scalar(long value)
    {
        Shared("numpy.core.multiarray scalar", () => Global("numpy.core.multiarray", "scalar"));
        ElementTypeOf("i8", "<", 0);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
        Op(PickleOpcode.Tuple2);
        Put();
        Op(PickleOpcode.Reduce);
        Put();
    }

    // dtype(code, False, True) with state (3, order, None, None, None, -1, -1, flags)
    private void ElementTypeOf(string code, string order, int flags)
    {
        if (Recall(shared, code))
        {
            return;
        }

        Shared("numpy dtype", () => Global("numpy", "dtype"));
        Text(code);
        Op(PickleOpcode.NewFalse);
        Op(PickleOpcode.NewTrue);
        Op(PickleOpcode.Tuple3);
        Put();
        Op(PickleOpcode.Reduce);
        shared[code] = Put();
        Op(PickleOpcode.Mark);
        Int(3);
        Text(order);
        Op(PickleOpcode.None);
        Op(PickleOpcode.None);
        Op(PickleOpcode.None);
        Int(-1);
        Int(-1);
        Int(flags);
        Op(PickleOpcode.Tuple);
        Put();
        Op(PickleOpcode.Build);
    }

    private void List(IReadOnlyList<object?> items, int depth)
    {
        Op(PickleOpcode.EmptyList);
        Put();
        for (var at = 0; at < items.Count; at += BatchSize)
        {
            var count = Math.Min(BatchSize, items.Count - at);
            if (count > 1)
            {
                Op(PickleOpcode.Mark);
            }

            for (var i = at; i < at + count; i++)
            {
                Value(items[i], depth);
            }

            Op(count > 1 ? PickleOpcode.Appends : PickleOpcode.Append);
        }
    }

    private void Dictionary(IReadOnlyDictionary<string, object?> items, int depth)
    {
        Op(PickleOpcode.EmptyDict);
        Put();
        foreach (var batch in items.Chunk(BatchSize))
        {
            if (batch.Length > 1)
            {
                Op(PickleOpcode.Mark);
            }

            foreach (var (key, value) in batch)
            {
                Text(key);
                Value(value, depth);
            }

            Op(batch.Length > 1 ? PickleOpcode.SetItems : PickleOpcode.SetItem);
        }
    }

    private void Tuple(object?[] items, int depth)
    {
        if (items.Length == 0)
        {
            Op(PickleOpcode.EmptyTuple);
            return;
        }

        if (items.Length > 3)
        {
            Op(PickleOpcode.Mark);
        }

        foreach (var item in items)
        {
            Value(item, depth);
        }

        Op(items.Length switch { 1 => PickleOpcode.Tuple1, 2 => PickleOpcode.Tuple2, 3 => PickleOpcode.Tuple3, _ => PickleOpcode.Tuple });
        Put();
    }

    private void Shared(string name, Action write)
    {
        if (!Recall(shared, name))
        {
            write();
            shared[name] = Put();
        }
    }

    private void Text(string text)
    {
        if (Recall(texts, text))
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Op(PickleOpcode.BinUnicode);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), bytes.Length);
        output.Advance(4);
        output.Write(bytes);
        texts[text] = Put();
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        Op(PickleOpcode.ShortBinBytes, (byte)bytes.Length);
        output.Write(bytes);
        Put();
    }

    private void Global(string module, string name)
    {
        Op(PickleOpcode.Global);
        output.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Int(long value)
    {
        if (value is >= 0 and <= byte.MaxValue)
        {
            Op(PickleOpcode.BinInt1, (byte)value);
        }
        else if (value is >= 0 and <= ushort.MaxValue)
        {
            Op(PickleOpcode.BinInt2);
            BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), (ushort)value);
            output.Advance(2);
        }
        else if (value is >= int.MinValue and <= int.MaxValue)
        {
            Op(PickleOpcode.BinInt);
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), (int)value);
            output.Advance(4);
        }
        else
        {
            Op(PickleOpcode.Long1, 8);
            BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
            output.Advance(8);
        }
    }

    private void Double(double value)
    {
        Op(PickleOpcode.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    private bool Recall(Dictionary<string, int> slots, string key)
    {
        if (!slots.TryGetValue(key, out var slot))
        {
            return false;
        }

        Memo(PickleOpcode.BinGet, PickleOpcode.LongBinGet, slot);
        return true;
    }

    private int Put()
    {
        Memo(PickleOpcode.BinPut, PickleOpcode.LongBinPut, memoCount);
        return memoCount++;
    }

    private void Memo(PickleOpcode near, PickleOpcode far, int slot)
    {
        if (slot <= byte.MaxValue)
        {
            Op(near, (byte)slot);
            return;
        }

        Op(far);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), slot);
        output.Advance(4);
    }

    private void Op(PickleOpcode opcode)
    {
        output.GetSpan(1)[0] = (byte)opcode;
        output.Advance(1);
    }

    private void Op(PickleOpcode opcode, byte argument)
    {
        Op(opcode);
        output.GetSpan(1)[0] = argument;
        output.Advance(1);
    }
}
