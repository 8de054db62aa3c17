using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace XlstmSam.Files;

/// <summary>
/// Reads zip files as numpy writes them: stored or deflated members, zip64 where needed. Sizes are checked against the file
/// before anything is allocated; the local header must repeat the directory's name and method, and the CRC must match.
/// </summary>
internal static class ZipDirectory
{
    private const int EndSize = 22;
    private const int EntrySize = 46;
    private const int LocalSize = 30;

    public static IReadOnlyList<ZipMember> Read(Stream file, string subject)
    {
        var (offset, size) = FindDirectory(file, subject);
        var directory = ReadAt(file, offset, size, subject, "the zip directory");
        var members = new List<ZipMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var packed = 0L;
        for (var at = 0; at < directory.Length;)
        {
            var member = ReadEntry(directory, ref at, file.Length, subject);
            if (!names.Add(member.Name))
            {
                throw new InvalidDataException(
                    $"{subject}: member '{member.Name}' occurs twice; expected each name once. Write the file again with numpy.savez.");
            }

            packed += member.PackedSize;
            members.Add(member);
        }

        if (packed > file.Length)
        {
            throw new InvalidDataException(
                $"{subject}: its members claim {packed} bytes of a {file.Length} byte file; members must not overlap. Write the file again with numpy.savez.");
        }

        return members;
    }

    /// <summary>The decoded bytes of a member. The caller reads exactly <see cref="ZipMember.Size"/> bytes and then checks the CRC.</summary>
    public static Stream Open(Stream file, ZipMember member, string subject)
    {
        var local = ReadAt(file, member.HeaderOffset, LocalSize, subject, $"the header of member '{member.Name}'");
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(26));
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(28));
        var name = ReadAt(file, member.HeaderOffset + LocalSize, nameLength, subject, $"the name of member '{member.Name}'");
        var data = member.HeaderOffset + LocalSize + nameLength + extraLength;
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != 0x04034b50
            || BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(8)) != member.Method
            || Encoding.UTF8.GetString(name) != member.Name)
        {
            throw new InvalidDataException(
                $"{subject}: the local header of member '{member.Name}' disagrees with the zip directory. The file is damaged: copy or export it again.");
        }

        if (data + member.PackedSize > file.Length)
        {
            throw new InvalidDataException(
                $"{subject}: member '{member.Name}' ends at byte {data + member.PackedSize}, the file at {file.Length}. The file is truncated: copy it again.");
        }

        file.Position = data;
        var part = new SubStream(file, member.PackedSize);
        return member.IsDeflated ? new DeflateStream(part, CompressionMode.Decompress) : part;
    }

    private static (long Offset, long Size) FindDirectory(Stream file, string subject)
    {
        var tailLength = (int)Math.Min(file.Length, EndSize + ushort.MaxValue);
        var tailStart = file.Length - tailLength;
        var tail = ReadAt(file, tailStart, tailLength, subject, "the zip end record");
        for (var at = tailLength - EndSize; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) != 0x06054b50)
            {
                continue;
            }

            long size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12));
            long offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
            if (size == uint.MaxValue || offset == uint.MaxValue)
            {
                (offset, size) = FindZip64Directory(file, tailStart + at, subject);
            }

            if (offset < 0 || size < 0 || offset > file.Length - size || size > int.MaxValue)
            {
                throw new InvalidDataException(
                    $"{subject}: the zip directory is announced at byte {offset} with {size} bytes, the file has {file.Length}. The file is truncated: copy " +
                    "it again.");
            }

            return (offset, size);
        }

        throw new InvalidDataException(
            $"{subject}: {file.Length} bytes without a zip end record; expected an npz (zip) file. It is truncated or of another format: copy it again or " +
            "check its name.");
    }

    private static (long Offset, long Size) FindZip64Directory(Stream file, long end, string subject)
    {
        var locator = ReadAt(file, end - 20, 20, subject, "the zip64 locator");
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        var record = ReadAt(file, at, 56, subject, "the zip64 end record");
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064b50 || BinaryPrimitives.ReadUInt32LittleEndian(record) != 0x06064b50)
        {
            throw new InvalidDataException($"{subject}: the zip64 end record is missing. The file is damaged: copy it again.");
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48)), BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)));
    }

    private static ZipMember ReadEntry(byte[] directory, ref int at, long fileLength, string subject)
    {
        var entry = directory.AsSpan(at);
        if (entry.Length < EntrySize || BinaryPrimitives.ReadUInt32LittleEndian(entry) != 0x02014b50)
        {
            throw Damaged(subject, at);
        }

        var flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]);
        var length = EntrySize + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        if (length > entry.Length)
        {
            throw Damaged(subject, at);
        }

        var name = Encoding.UTF8.GetString(entry.Slice(EntrySize, nameLength));
        if ((flags & 1) != 0 || method is not (0 or 8))
        {
            throw new InvalidDataException(
                $"{subject}: member '{name}' is {((flags & 1) != 0 ? "encrypted" : $"packed with zip method {method}")}; expected stored or deflated. Write " +
                "it with numpy.savez or savez_compressed.");
        }

        long size = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        ReadZip64Sizes(entry.Slice(EntrySize + nameLength, extraLength), ref size, ref packed, ref offset);
        if (size < 0 || packed < 0 || offset < 0 || packed > fileLength || offset > fileLength - packed || (method == 0 && size != packed))
        {
            throw new InvalidDataException(
                $"{subject}: member '{name}' announces {packed} packed and {size} decoded bytes at byte {offset} of a {fileLength} byte file. The file is " +
                "truncated or damaged: copy it again.");
        }

        if (method == 8)
        {
            ByteSource.CheckInflation(packed, size, $"{subject}, member '{name}'");
        }

        at += length;
        return new(name, method, BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]), packed, size, offset);
    }

    // The zip64 extra field holds, in this order, those of the three numbers that are 0xFFFFFFFF in the entry.
    private static void ReadZip64Sizes(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            var field = extra.Slice(4, length);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                Take(ref field, ref size);
                Take(ref field, ref packed);
                Take(ref field, ref offset);
            }

            extra = extra[(4 + length)..];
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long value)
        {
            if (value == uint.MaxValue && field.Length >= 8)
            {
                value = BinaryPrimitives.ReadInt64LittleEndian(field);
                field = field[8..];
            }
        }
    }

    private static byte[] ReadAt(Stream file, long offset, long length, string subject, string part)
    {
        if (offset < 0 || offset > file.Length - length)
        {
            throw new InvalidDataException(
                $"{subject}: {part} would lie at byte {offset}, the file has {file.Length} bytes. The file is truncated: copy it again.");
        }

        file.Position = offset;
        var bytes = new byte[length];
        new ByteSource(file, subject).ReadExactly(bytes, part);
        return bytes;
    }

    private static InvalidDataException Damaged(string subject, int at) =>
        new($"{subject}: the zip directory is damaged at its byte {at}. Copy or export the file again.");
}
