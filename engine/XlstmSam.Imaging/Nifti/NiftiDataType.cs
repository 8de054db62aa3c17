namespace XlstmSam.Imaging;

/// <summary>NIfTI data type codes and the element types they stand for.</summary>
internal static class NiftiDataType
{
    public static ElementType ElementOf(int code, string subject) => code switch
    {
        2 => ElementType.UInt8,
        4 => ElementType.Int16,
        8 => ElementType.Int32,
        16 => ElementType.Float32,
        64 => ElementType.Float64,
        256 => ElementType.Int8,
        512 => ElementType.UInt16,
        768 => ElementType.UInt32,
        1024 => ElementType.Int64,
        1280 => ElementType.UInt64,
        _ => throw new InvalidDataException($"{subject}: data type {code}{Name(code)} is not read; expected integers or floats of 8 to 64 bits. Convert it to float32."),
    };

    public static int CodeOf(ElementType element) => element switch
    {
        ElementType.UInt8 => 2,
        ElementType.Int16 => 4,
        ElementType.Int32 => 8,
        ElementType.Float32 => 16,
        ElementType.Float64 => 64,
        ElementType.Int8 => 256,
        ElementType.UInt16 => 512,
        ElementType.UInt32 => 768,
        ElementType.Int64 => 1024,
        ElementType.UInt64 => 1280,
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
