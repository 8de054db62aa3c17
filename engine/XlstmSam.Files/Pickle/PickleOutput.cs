using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Files;

/// <summary>Pickle opcodes with their arguments, and the memo: every object gets a number, and later uses refer to it.</summary>
internal sealed class PickleOutput
{
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly Dictionary<string, int> texts = [];
    private int memoCount;

    public ReadOnlyMemory<byte> Written => output.WrittenMemory;

    public void Text(string text)
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

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Op(PickleOpcode.ShortBinBytes, (byte)bytes.Length);
        output.Write(bytes);
        Put();
    }

    public void Global(string module, string name)
    {
        Op(PickleOpcode.Global);
        output.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    public void Int(long value)
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

    public void Double(double value)
    {
        Op(PickleOpcode.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public bool Recall(Dictionary<string, int> slots, string key)
    {
        if (!slots.TryGetValue(key, out var slot))
        {
            return false;
        }

        Memo(PickleOpcode.BinGet, PickleOpcode.LongBinGet, slot);
        return true;
    }

    public int Put()
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

    public void Op(PickleOpcode opcode)
    {
        output.GetSpan(1)[0] = (byte)opcode;
        output.Advance(1);
    }

    public void Op(PickleOpcode opcode, byte argument)
    {
        Op(opcode);
        output.GetSpan(1)[0] = argument;
        output.Advance(1);
    }
}
