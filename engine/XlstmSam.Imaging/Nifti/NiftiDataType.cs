namespace XlstmSam.Imaging;

/// <summary>NIfTI data type codes and the element types they stand for.</summary>
internal static class NiftiDataType
{
    public static StoredType ElementOf(int code, string subject) => code switch
    {
        2 => StoredType.UInt8,
        4 => StoredType.Int16,
        8 => StoredType.Int32,
        16 => StoredType.Float32,
        64 => StoredType.Float64,
        256 => StoredType.Int8,
        512 => StoredType.UInt16,
        768 => StoredType.UInt32,
        1024 => StoredType.Int64,
        1280 => StoredType.UInt64,
        _ => throw new InvalidDataException($"{subject}: data type {code}{Name(code)} is not read; expected integers or floats of 8 to 64 bits. Convert " +
            $"it to float32."),
    };

    public static int CodeOf(StoredType element) => element switch
    {
        StoredType.UInt8 => 2,
        StoredType.Int16 => 4,
        StoredType.Int32 => 8,
        StoredType.Float32 => 16,
        StoredType.Float64 => 64,
        StoredType.Int8 => 256,
        StoredType.UInt16 => 512,
        StoredType.UInt32 => 768,
        StoredType.Int64 => 1024,
        StoredType.UInt64 => 1280,
        _ => throw new ArgumentException($"NIfTI has no data type for {element}; expected integers or floats of 8 to 64 bits."),
    };

    private static string Name(int code) => code switch
    {
        1 => " (binary)",
        32 => " (complex64)",
        128 => " (RGB24)",
        1536 => " (float128)",
        1792 => " (complex128)",
        2048 => " (complex256)",
        2304 => " (RGBA32)",
        _ => "",
    };
}
