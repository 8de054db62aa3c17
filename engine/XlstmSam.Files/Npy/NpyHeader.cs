using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace XlstmSam.Files;

/// <summary>The header of a .npy file: type, memory order and shape. Versions 1, 2 and 3 differ only in the length field and the text encoding.</summary>
internal sealed record NpyHeader(NpyType Type, bool FortranOrder, int[] Shape)
{
    private const int LongestHeader = 1 << 16;
    private const int MostAxes = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static NpyHeader Read(ByteSource source)
    {
        Span<byte> start = stackalloc byte[8];
        source.ReadExactly(start, "the npy header");
        if (!start[..6].SequenceEqual(Magic) || start[6] is < 1 or > 3)
        {
            throw new InvalidDataException(
                $"{source.Subject}: begins with {Convert.ToHexString(start)}; expected the .npy signature 934E554D5059 and version 1 to 3. Save it with " +
                "numpy.");
        }

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        source.ReadExactly(lengthBytes[..(start[6] == 1 ? 2 : 4)], "the npy header");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > LongestHeader)
        {
            throw new InvalidDataException(
                $"{source.Subject}: announces a header of {length} bytes; at most {LongestHeader} are read. The file is damaged: save it again.");
        }

        var text = new byte[length];
        source.ReadExactly(text, "the npy header");
        return Parse(Encoding.UTF8.GetString(text), source.Subject);
    }

    /// <summary>Magic, version 1, and the dictionary padded with spaces to a multiple of 64 bytes, as numpy writes it.</summary>
    public static byte[] Format(string descr, IReadOnlyList<int> shape)
    {
        var text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {NpyArray.Describe(shape)}, }}";
        var total = (10 + text.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[total];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(total - 10));
        Encoding.ASCII.GetBytes(text.PadRight(total - 11) + "\n", bytes.AsSpan(10));
        return bytes;
    }

    /// <summary>The number of elements, or an error when it cannot be that of an array in memory.</summary>
    public long Count(string subject)
    {
        var count = 1L;
        foreach (var size in Shape)
        {
            count *= size;
            if (count > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"{subject}: shape {NpyArray.Describe(Shape)} has more than {Array.MaxLength} elements. Split the array or check the file.");
            }
        }

        return count;
    }

    // The dictionary has exactly the keys descr, fortran_order and shape, in any order.
    private static NpyHeader Parse(string text, string subject)
    {
        string? descr = null;
        bool? fortran = null;
        int[]? shape = null;
        var at = text.IndexOf('{') + 1;
        while (at > 0 && (at = text.IndexOf('\'', at)) >= 0)
        {
            var key = Quoted(text, ref at, subject);
            at = text.IndexOf(':', at) + 1;
            if (at == 0)
            {
                break;
            }

            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }

            var rest = text.AsSpan(at);
            if (key == "descr" && rest.StartsWith("'"))
            {
                descr = Quoted(text, ref at, subject);
            }
            else if (key == "fortran_order" && (rest.StartsWith("True") || rest.StartsWith("False")))
            {
                fortran = rest[0] == 'T';
            }
            else if (key == "shape" && rest.StartsWith("("))
            {
                shape = ParseShape(text, ref at, subject);
            }
            else
            {
                throw Damaged(text, subject);
            }
        }

        return descr is null || fortran is null || shape is null
            ? throw Damaged(text, subject)
            : new(NpyType.Parse(descr, subject), fortran.Value, shape);
    }

    private static string Quoted(string text, ref int at, string subject)
    {
        var end = text.IndexOf('\'', at + 1);
        if (end < 0)
        {
            throw Damaged(text, subject);
        }

        var value = text[(at + 1)..end];
        at = end + 1;
        return value;
    }

    private static int[] ParseShape(string text, ref int at, string subject)
    {
        var end = text.IndexOf(')', at);
        if (end < 0)
        {
            throw Damaged(text, subject);
        }

        var parts = text[(at + 1)..end].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        at = end + 1;
        if (parts.Length > MostAxes)
        {
            throw Damaged(text, subject);
        }

        var shape = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new InvalidDataException(
                    $"{subject}: axis {i} of its shape is '{parts[i]}'; expected a whole number from 0 to {int.MaxValue}. The file is damaged: save it again.");
            }
        }

        return shape;
    }

    private static InvalidDataException Damaged(string text, string subject) =>
        new(
            $"{subject}: the npy header is '{Printable(text)}'; expected a dictionary of descr, fortran_order and shape of a plain type. Structured arrays " +
            "are not read: save each field on its own.");

    private static string Printable(string text) =>
        string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '.' : c)).TrimEnd();
}
