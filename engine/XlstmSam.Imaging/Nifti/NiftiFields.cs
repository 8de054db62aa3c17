using System.Buffers.Binary;

namespace XlstmSam.Imaging;

/// <summary>Numbers at byte offsets of a header, in its byte order.</summary>
internal readonly ref struct NiftiFields(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public int Byte(int at) => bytes[at];

    public int Int16(int at) => bigEndian ? BinaryPrimitives.ReadInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadInt16LittleEndian(bytes[at..]);

    public int Int32(int at) => bigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    public long Int64(int at) => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes[at..]) : BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    public double Single(int at) => bigEndian ? BinaryPrimitives.ReadSingleBigEndian(bytes[at..]) : BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);

    public double Double(int at) => bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(bytes[at..]) : BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..]);

    public Vector3d Singles3(int at) => new(Single(at), Single(at + 4), Single(at + 8));

    public Vector3d Doubles3(int at) => new(Double(at), Double(at + 8), Double(at + 16));

    public SformRow Row1(int at) => new(Single(at), Single(at + 4), Single(at + 8), Single(at + 12));

    public SformRow Row2(int at) => new(Double(at), Double(at + 8), Double(at + 16), Double(at + 24));
}
