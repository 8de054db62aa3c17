using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace XlstmSam.Files;

/// <summary>
/// Reads the pickles that numpy writes for object arrays (protocols 2 to 5): dictionaries, lists, tuples, texts, numbers and numpy
/// scalars. It is no general unpickler: names outside <see cref="PickleGlobal"/> and other opcodes are refused, and nothing is run.
/// Every opcode consumes input, so stack, memo and collections stay within the size of the data.
/// </summary>
internal sealed partial class Unpickler(byte[] data, string subject)
{
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private int at;

    /// <summary>The elements of the pickled object array. Tuples are object?[], dictionaries have text keys, numpy scalars become plain values.</summary>
    public object?[] ReadObjectArray() => Run() is PickledArray { Objects: { } objects }
        ? Finish(objects)
        : throw Refuse("the pickle holds something other than an object array", "Save it with numpy.save");

    private object? Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            Step(opcode);
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: ReadProtocol(); break;
            case PickleOpcode.Frame: Take(8); break;
            case PickleOpcode.Mark: marks.Add(stack.Count); break;
            case PickleOpcode.None: stack.Add(null); break;
            case PickleOpcode.NewTrue: stack.Add(true); break;
            case PickleOpcode.NewFalse: stack.Add(false); break;
            case PickleOpcode.BinInt: stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: stack.Add((long)Take(1)[0]); break;
            case PickleOpcode.BinInt2: stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long1: stack.Add(ReadLong()); break;
            case PickleOpcode.BinFloat: stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.BinUnicode: stack.Add(Text(Length(4))); break;
            case PickleOpcode.ShortBinUnicode: stack.Add(Text(Length(1))); break;
            case PickleOpcode.BinUnicode8: stack.Add(Text(Length(8))); break;
            case PickleOpcode.BinBytes: stack.Add(Take(Length(4)).ToArray()); break;
            case PickleOpcode.ShortBinBytes: stack.Add(Take(Length(1)).ToArray()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: stack.Add(Take(Length(8)).ToArray()); break;
            case PickleOpcode.EmptyTuple: stack.Add(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: PushTuple(1); break;
            case PickleOpcode.Tuple2: PushTuple(2); break;
            case PickleOpcode.Tuple3: PushTuple(3); break;
            case PickleOpcode.Tuple: stack.Add(PopToMark()); break;
            case PickleOpcode.EmptyList: stack.Add(new List<object?>()); break;
            case PickleOpcode.List: stack.Add(new List<object?>(PopToMark())); break;
            case PickleOpcode.EmptyDict: stack.Add(new Dictionary<string, object?>()); break;
            case PickleOpcode.Dict: PushDict(PopToMark()); break;
            case PickleOpcode.Append: AppendAll([Pop()]); break;
            case PickleOpcode.Appends: AppendAll(PopToMark()); break;
            case PickleOpcode.SetItem: SetAll(PopItem()); break;
            case PickleOpcode.SetItems: SetAll(PopToMark()); break;
            case PickleOpcode.BinPut: memo[Take(1)[0]] = Top(); break;
            case PickleOpcode.LongBinPut: memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case PickleOpcode.Memoize: memo[(uint)memo.Count] = Top(); break;
            case PickleOpcode.BinGet: stack.Add(Recall(Take(1)[0])); break;
            case PickleOpcode.LongBinGet: stack.Add(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOpcode.Global: stack.Add(FindGlobal(Line(), Line())); break;
            case PickleOpcode.StackGlobal: PushStackGlobal(); break;
            case PickleOpcode.Reduce: PushReduced(); break;
            case PickleOpcode.Build: Build(); break;
            default:
                throw Refuse(
                    $"the pickle uses the opcode {PickleRefusal.NameOf((byte)opcode)}",
                    "Only plain dictionaries, lists, texts and numbers are read, never code: save the data as such");
        }
    }

    private void ReadProtocol()
    {
        var protocol = Take(1)[0];
        if (protocol is < 2 or > 5)
        {
            throw Refuse($"pickle protocol {protocol}", "Protocols 2 to 5 are read: save it with a current numpy");
        }
    }

    private object ReadLong()
    {
        var bytes = Take(Length(1));
        if (bytes.Length > 8)
        {
            throw Refuse($"an integer of {bytes.Length} bytes", "Numbers of up to 64 bits are read");
        }

        var value = 0L;
        for (var i = 0; i < bytes.Length; i++)
        {
            value |= (long)bytes[i] << (8 * i);
        }

        var unused = 64 - (8 * bytes.Length);
        return bytes.Length == 0 ? 0L : value << unused >> unused;
    }

    private void PushTuple(int count)
    {
        if (stack.Count - LastMark() < count)
        {
            throw Damaged("a tuple has too few elements");
        }

        var items = stack.GetRange(stack.Count - count, count).ToArray();
        stack.RemoveRange(stack.Count - count, count);
        stack.Add(items);
    }

    private void PushDict(object?[] items)
    {
        stack.Add(new Dictionary<string, object?>());
        SetAll(items);
    }

    private void AppendAll(object?[] items)
    {
        if (Top() is not List<object?> list)
        {
            throw Damaged("APPEND without a list");
        }

        list.AddRange(items);
    }

    private object?[] PopItem()
    {
        var value = Pop();
        return [Pop(), value];
    }

    private void SetAll(object?[] items)
    {
        if (Top() is not Dictionary<string, object?> dictionary || items.Length % 2 != 0)
        {
            throw Damaged("SETITEM without a dictionary");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            var key = items[i] switch
            {
                string text => text,
                long number => number.ToString(CultureInfo.InvariantCulture),
                _ => throw Refuse("a dictionary key that is neither text nor a whole number", "Use text keys"),
            };
            dictionary[key] = items[i + 1];
        }
    }

    private object? Recall(uint slot) => memo.TryGetValue(slot, out var value) ? value : throw Damaged($"memo {slot} is used before it is set");

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw Damaged("a collection without a MARK");
        }

        var mark = LastMark();
        var items = stack.GetRange(mark, stack.Count - mark).ToArray();
        stack.RemoveRange(mark, items.Length);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    private int LastMark() => marks.Count == 0 ? 0 : marks[^1];

    private object? Top() => stack.Count > LastMark() ? stack[^1] : throw Damaged("the stack is empty");

    private object? Pop()
    {
        var value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        var end = data.AsSpan(at).IndexOf((byte)'\n');
        if (end is < 0 or > 256)
        {
            throw Damaged("a name does not end");
        }

        var line = Text(end);
        at++;
        return line;
    }

    private int Length(int bytes)
    {
        var field = Take(bytes);
        var length = bytes switch { 1 => field[0], 4 => BinaryPrimitives.ReadUInt32LittleEndian(field), _ => BinaryPrimitives.ReadUInt64LittleEndian(field) };
        return length <= (ulong)(data.Length - at) ? (int)length : throw Damaged($"{length} bytes are announced, {data.Length - at} are left");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - at)
        {
            throw Damaged("it ends without STOP");
        }

        at += count;
        return data.AsSpan(at - count, count);
    }

    private InvalidDataException Damaged(string what) => Refuse($"the pickle is damaged at byte {at}: {what}", "Copy or save the file again");

    private InvalidDataException Refuse(string what, string advice) => new($"{subject}: {what}. {advice}.");
}
