using System.Buffers.Binary;

namespace XlstmSam.Imaging;

/// <summary>Header bytes to <see cref="NiftiHeader"/> and back, for both versions and byte orders.</summary>
internal static class NiftiHeaderCodec
{
    public const int Size1 = 348;
    public const int Size2 = 540;

    /// <summary>The header in the given bytes, which hold at least <see cref="Size1"/>; NIfTI-2 needs <see cref="Size2"/>.</summary>
    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes, string subject)
    {
        var (version, big) = Recognise(bytes, subject);
        var f = new NiftiFields(bytes, big);
        var header = version == 1 ? Parse1(f, subject) : Parse2(f, subject);
        CheckMagic(bytes, version, subject);
        return header with { IsBigEndian = big, IsPair = bytes[(version == 1 ? 344 : 4) + 1] == (byte)'i' };
    }

    /// <summary>The header size announced by the first four bytes: 348 or 540, in either byte order.</summary>
    public static int HeaderSize(ReadOnlySpan<byte> bytes, string subject) => Recognise(bytes, subject).Version == 1 ? Size1 : Size2;

    private static (int Version, bool BigEndian) Recognise(ReadOnlySpan<byte> bytes, string subject)
    {
        var little = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var big = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return little == Size1 ? (1, false) : big == Size1 ? (1, true) : little == Size2 ? (2, false) : big == Size2 ? (2, true)
            : throw new InvalidDataException($"{subject}: begins with the number {little}; a NIfTI header begins with 348 or 540. Convert the file to " +
                $"NIfTI, or check its name.");
    }

    private static void CheckMagic(ReadOnlySpan<byte> bytes, int version, string subject)
    {
        var magic = bytes.Slice(version == 1 ? 344 : 4, 4);
        if (magic[0] != (byte)'n' || magic[1] is not ((byte)'+' or (byte)'i') || magic[2] != (byte)('0' + version))
        {
            throw new InvalidDataException($"{subject}: its magic is {Convert.ToHexString(magic)}; expected n+{version} or ni{version}. Analyze 7.5 files " +
                $"carry no orientation: convert them to NIfTI.");
        }
    }

    private static NiftiHeader Parse1(NiftiFields f, string subject)
    {
        var dims = new long[8];
        var pixDim = new double[8];
        for (var i = 0; i < 8; i++)
        {
            dims[i] = f.Int16(40 + (2 * i));
            pixDim[i] = f.Single(76 + (4 * i));
        }

        return Shape(dims, subject) with
        {
            Version = 1,
            PixDim = pixDim,
            DataTypeCode = f.Int16(70),
            VoxelOffset = Offset(f.Single(108), subject),
            Slope = f.Single(112),
            Intercept = f.Single(116),
            XyztUnits = f.Byte(123),
            QformCode = f.Int16(252),
            SformCode = f.Int16(254),
            Quaternion = f.Singles3(256),
            QOffset = f.Singles3(268),
            RowX = f.Row1(280),
            RowY = f.Row1(296),
            RowZ = f.Row1(312),
        };
    }

    private static NiftiHeader Parse2(NiftiFields f, string subject)
    {
        var dims = new long[8];
        var pixDim = new double[8];
        for (var i = 0; i < 8; i++)
        {
            dims[i] = f.Int64(16 + (8 * i));
            pixDim[i] = f.Double(104 + (8 * i));
        }

        return Shape(dims, subject) with
        {
            Version = 2,
            PixDim = pixDim,
            DataTypeCode = f.Int16(12),
            VoxelOffset = Offset(f.Int64(168), subject),
            Slope = f.Double(176),
            Intercept = f.Double(184),
            XyztUnits = f.Int32(500),
            QformCode = f.Int32(344),
            SformCode = f.Int32(348),
            Quaternion = f.Doubles3(352),
            QOffset = f.Doubles3(376),
            RowX = f.Row2(400),
            RowY = f.Row2(432),
            RowZ = f.Row2(464),
        };
    }

    private static NiftiHeader Shape(long[] dims, string subject)
    {
        var rank = dims[0];
        if (rank is < 1 or > 7)
        {
            throw new InvalidDataException($"{subject}: dim[0] is {rank}; expected 1 to 7 dimensions. The header is damaged: export the file again.");
        }

        var volumes = 1L;
        for (var i = 1; i <= rank; i++)
        {
            var smallest = i <= 3 ? 1 : 0;
            if (dims[i] < smallest || dims[i] > int.MaxValue)
            {
                throw new InvalidDataException($"{subject}: dim[{i}] is {dims[i]}; expected {smallest} to {int.MaxValue} voxels. The header is damaged: " +
                    $"export the file again.");
            }

            // The dimensions beyond the third count volumes; some writers leave them 0.
            volumes = i > 3 ? Math.Min(volumes * Math.Max(dims[i], 1), int.MaxValue) : volumes;
        }

        int Along(int axis) => rank >= axis ? (int)dims[axis] : 1;
        return new() { Rank = (int)rank, Size = new(Along(1), Along(2), Along(3)), VolumeCount = volumes, PixDim = [] };
    }

    private static long Offset(double offset, string subject) => offset is >= 0 and <= 1L << 60
        ? (long)offset
        : throw new InvalidDataException($"{subject}: vox_offset is {offset}; expected 0 or more bytes. The header is damaged: export the file again.");

    /// <summary>A little-endian header of the header's version, followed for single files by four bytes that say "no extensions".</summary>
    public static byte[] Format(NiftiHeader h, bool pair)
    {
        var bytes = new byte[(h.Version == 1 ? Size1 : Size2) + (pair ? 0 : 4)];
        var f = new NiftiFieldWriter(bytes);
        long[] dims = [Math.Min(h.Rank, 3), h.Size.X, h.Size.Y, h.Size.Z, 1, 1, 1, 1];
        var bits = 8 * ElementCodec.SizeOf(NiftiDataType.ElementOf(h.DataTypeCode, "NIfTI"));
        if (h.Version == 1)
        {
            f.Int32(0, Size1);
            f.Byte(38, (byte)'r');
            f.Int16(70, h.DataTypeCode);
            f.Int16(72, bits);
            for (var i = 0; i < 8; i++)
            {
                f.Int16(40 + (2 * i), (int)dims[i]);
                f.Single(76 + (4 * i), h.PixDim[i]);
            }

            f.Single(108, pair ? 0 : bytes.Length);
            f.Single(112, h.Slope);
            f.Single(116, h.Intercept);
            f.Byte(123, (byte)h.XyztUnits);
            f.Int16(252, h.QformCode);
            f.Int16(254, h.SformCode);
            f.Singles(256, h.Quaternion.X, h.Quaternion.Y, h.Quaternion.Z, h.QOffset.X, h.QOffset.Y, h.QOffset.Z);
            f.Singles(280, h.RowX.I, h.RowX.J, h.RowX.K, h.RowX.Offset);
            f.Singles(296, h.RowY.I, h.RowY.J, h.RowY.K, h.RowY.Offset);
            f.Singles(312, h.RowZ.I, h.RowZ.J, h.RowZ.K, h.RowZ.Offset);
            f.Text(344, pair ? "ni1\0" : "n+1\0");
            return bytes;
        }

        f.Int32(0, Size2);
        f.Text(4, pair ? "ni2\0\r\n\u001a\n" : "n+2\0\r\n\u001a\n");
        f.Int16(12, h.DataTypeCode);
        f.Int16(14, bits);
        for (var i = 0; i < 8; i++)
        {
            f.Int64(16 + (8 * i), dims[i]);
            f.Double(104 + (8 * i), h.PixDim[i]);
        }

        f.Int64(168, pair ? 0 : bytes.Length);
        f.Doubles(176, h.Slope, h.Intercept);
        f.Int32(344, h.QformCode);
        f.Int32(348, h.SformCode);
        f.Doubles(352, h.Quaternion.X, h.Quaternion.Y, h.Quaternion.Z, h.QOffset.X, h.QOffset.Y, h.QOffset.Z);
        f.Doubles(400, h.RowX.I, h.RowX.J, h.RowX.K, h.RowX.Offset, h.RowY.I, h.RowY.J, h.RowY.K, h.RowY.Offset, h.RowZ.I, h.RowZ.J, h.RowZ.K, h.RowZ.Offset);
        f.Int32(500, h.XyztUnits);
        return bytes;
    }
}
