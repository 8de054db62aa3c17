using System.Globalization;

namespace XlstmSam.Files;

/// <summary>A numpy dtype: a number, text of a fixed length (&lt;U) or objects (O).</summary>
internal sealed record NpyType(NpyKind Kind, StoredType Element, int ItemSize, bool IsBigEndian)
{
    private const int LongestText = 1 << 16;

    /// <summary>Parses "&lt;f8", "|u1", "&lt;U2", "|O" or the same without the order mark, as pickles hold them.</summary>
    public static NpyType Parse(string descr, string subject)
    {
        var code = descr.TrimStart('<', '>', '|', '=');
        var big = descr.StartsWith('>');
        if (code is "O" or "O8")
        {
            return new(NpyKind.Object, default, 8, false);
        }

        if (code.StartsWith('U') && int.TryParse(code.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= LongestText)
        {
            return new(NpyKind.Text, default, 4 * length, big);
        }

        var element = code switch
        {
            "u1" => StoredType.UInt8,
            "i1" => StoredType.Int8,
            "i2" => StoredType.Int16,
            "u2" => StoredType.UInt16,
            "i4" => StoredType.Int32,
            "u4" => StoredType.UInt32,
            "i8" => StoredType.Int64,
            "u8" => StoredType.UInt64,
            "f2" => StoredType.Float16,
            "f4" => StoredType.Float32,
            "f8" => StoredType.Float64,
            "b1" => StoredType.Boolean,
            _ =>
                throw new InvalidDataException(
                    $"{subject}: numpy type '{descr}' is not read; expected integers or floats of 8 to 64 bits, bool, text (<U) or objects (O). Convert it " +
                    "with astype."),
        };
        return new(NpyKind.Number, element, ElementCodec.SizeOf(element), big);
    }

    public static string DescrOf(StoredType element) => element switch
    {
        StoredType.UInt8 => "|u1",
        StoredType.Int8 => "|i1",
        StoredType.Int16 => "<i2",
        StoredType.UInt16 => "<u2",
        StoredType.Int32 => "<i4",
        StoredType.UInt32 => "<u4",
        StoredType.Int64 => "<i8",
        StoredType.UInt64 => "<u8",
        StoredType.Float16 => "<f2",
        StoredType.Float32 => "<f4",
        StoredType.Float64 => "<f8",
        _ => "|b1",
    };
}
