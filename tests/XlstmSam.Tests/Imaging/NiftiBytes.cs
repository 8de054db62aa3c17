using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Tests.Imaging;

/// <summary>NIfTI files made by hand, field by field, for both versions and byte orders.</summary>
internal sealed class NiftiBytes
{
    private readonly bool big;
    private readonly int version;

    public NiftiBytes(int version, bool big, int dataType, int bits, params long[] dims)
    {
        (this.version, this.big) = (version, big);
        Header = new byte[version == 1 ? 352 : 544];
        Int32(0, version == 1 ? 348 : 540);
        Encoding.ASCII.GetBytes(version == 1 ? "n+1\0" : "n+2\0\r\n\u001a\n", Header.AsSpan(version == 1 ? 344 : 4));
        Int16(version == 1 ? 70 : 12, dataType);
        Int16(version == 1 ? 72 : 14, bits);
        Dim(0, dims.Length);
        for (var i = 0; i < 7; i++)
        {
            Dim(i + 1, i < dims.Length ? dims[i] : 1);
            PixDim(i + 1, 1);
        }

        PixDim(0, 1);
        VoxelOffset(Header.Length);
    }

    public byte[] Header { get; }

    public byte[] Voxels { get; set; } = [];

    public byte[] File => [.. Header, .. Voxels];

    public void Dim(int i, long value)
    {
        if (version == 1)
        {
            Int16(40 + (2 * i), (int)value);
        }
        else
        {
            Int64(16 + (8 * i), value);
        }
    }

    public void PixDim(int i, double value) => Real(76 + (4 * i), 104 + (8 * i), value);

    public void Scaling(double slope, double intercept)
    {
        Real(112, 176, slope);
        Real(116, 184, intercept);
    }

    public void VoxelOffset(long value)
    {
        if (version == 1)
        {
            Real(108, 0, value);
        }
        else
        {
            Int64(168, value);
        }
    }

    public void Units(int value)
    {
        if (version == 1)
        {
            Header[123] = (byte)value;
        }
        else
        {
            Int32(500, value);
        }
    }

    public void Qform(int code, params double[] quaternionAndOffset)
    {
        Code(252, 344, code);
        for (var i = 0; i < quaternionAndOffset.Length; i++)
        {
            Real(256 + (4 * i), 352 + (8 * i), quaternionAndOffset[i]);
        }
    }

    public void Sform(int code, params double[] rows)
    {
        Code(254, 348, code);
        for (var i = 0; i < rows.Length; i++)
        {
            Real(280 + (4 * i), 400 + (8 * i), rows[i]);
        }
    }

    private void Code(int at1, int at2, int value)
    {
        if (version == 1)
        {
            Int16(at1, value);
        }
        else
        {
            Int32(at2, value);
        }
    }

    private void Real(int at1, int at2, double value)
    {
        if (version == 1)
        {
            Int32(at1, BitConverter.SingleToInt32Bits((float)value));
        }
        else
        {
            Int64(at2, BitConverter.DoubleToInt64Bits(value));
        }
    }

    private void Int16(int at, int value)
    {
        if (big)
        {
            BinaryPrimitives.WriteInt16BigEndian(Header.AsSpan(at), (short)value);
        }
        else
        {
            BinaryPrimitives.WriteInt16LittleEndian(Header.AsSpan(at), (short)value);
        }
    }

    private void Int32(int at, int value)
    {
        if (big)
        {
            BinaryPrimitives.WriteInt32BigEndian(Header.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(Header.AsSpan(at), value);
        }
    }

    private void Int64(int at, long value)
    {
        if (big)
        {
            BinaryPrimitives.WriteInt64BigEndian(Header.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(Header.AsSpan(at), value);
        }
    }
}
