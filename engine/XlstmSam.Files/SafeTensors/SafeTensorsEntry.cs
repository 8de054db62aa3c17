namespace XlstmSam.Files;

/// <summary>The element types a safetensors file may hold.</summary>
public enum SafeTensorsType
{
    Bool,
    U8,
    I8,
    U16,
    I16,
    F16,
    BF16,
    U32,
    I32,
    F32,
    U64,
    I64,
    F64,
}

/// <summary>One array of a safetensors file. Begin and End are bytes from the start of the data section.</summary>
public sealed record SafeTensorsEntry(string Name, SafeTensorsType Type, long[] Shape, long Begin, long End)
{
    public long Length { get; } = Product(Shape);

    public static int SizeOf(SafeTensorsType type) => type switch
    {
        SafeTensorsType.Bool or SafeTensorsType.U8 or SafeTensorsType.I8 => 1,
        SafeTensorsType.U16 or SafeTensorsType.I16 or SafeTensorsType.F16 or SafeTensorsType.BF16 => 2,
        SafeTensorsType.U32 or SafeTensorsType.I32 or SafeTensorsType.F32 => 4,
        _ => 8,
    };

    private static long Product(long[] shape)
    {
        var product = 1L;
        foreach (var size in shape)
        {
            product = checked(product * size);
        }

        return product;
    }
}
