using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Imaging;

/// <summary>Writes numbers at byte offsets of a little-endian header.</summary>
internal readonly struct NiftiFieldWriter(byte[] bytes)
{
    public void Byte(int at, byte value) => bytes[at] = value;

    public void Int16(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), (short)value);

    public void Int32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);

    public void Int64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);

    public void Single(int at, double value) => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), (float)value);

    public void Double(int at, double value) => BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);

    public void Singles(int at, params ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Single(at + (4 * i), values[i]);
        }
    }

    public void Doubles(int at, params ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Double(at + (8 * i), values[i]);
        }
    }

    public void Text(int at, string ascii) => Encoding.ASCII.GetBytes(ascii, bytes.AsSpan(at));
}
