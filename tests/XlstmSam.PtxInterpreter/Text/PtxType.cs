namespace XlstmSam.PtxInterpreter;

internal enum TypeKind
{
    Bits,
    Unsigned,
    Signed,
    Float,
    BFloat,
    Predicate,
}

/// <summary>An element type such as .s32; a predicate has no bytes.</summary>
internal readonly record struct PtxType(TypeKind Kind, int Bytes)
{
    public static readonly PtxType U32 = new(TypeKind.Unsigned, 4);
    public static readonly PtxType U64 = new(TypeKind.Unsigned, 8);
    public static readonly PtxType B32 = new(TypeKind.Bits, 4);
    public static readonly PtxType F32 = new(TypeKind.Float, 4);

    public bool IsSigned => Kind == TypeKind.Signed;

    public bool IsPredicate => Kind == TypeKind.Predicate;

    /// <summary>Bytes of one lane in a register: narrower types live in 4, as numbers, not as packed parts.</summary>
    public int Slot => Bytes == 8 ? 8 : 4;

    public static PtxType Parse(string name, int line) =>
        TryParse(name, out var type) ? type : throw new PtxFault($"PTX line {line}: '{name}' is not a type this interpreter knows.");

    public static bool TryParse(string name, out PtxType type)
    {
        type = name switch
        {
            "b8" => new(TypeKind.Bits, 1),
            "b16" => new(TypeKind.Bits, 2),
            "b32" or "bf16x2" or "f16x2" => new(TypeKind.Bits, 4),
            "b64" => new(TypeKind.Bits, 8),
            "u8" => new(TypeKind.Unsigned, 1),
            "u16" => new(TypeKind.Unsigned, 2),
            "u32" => new(TypeKind.Unsigned, 4),
            "u64" => new(TypeKind.Unsigned, 8),
            "s8" => new(TypeKind.Signed, 1),
            "s16" => new(TypeKind.Signed, 2),
            "s32" => new(TypeKind.Signed, 4),
            "s64" => new(TypeKind.Signed, 8),
            "f16" => new(TypeKind.Float, 2),
            "f32" => new(TypeKind.Float, 4),
            "f64" => new(TypeKind.Float, 8),
            "bf16" => new(TypeKind.BFloat, 2),
            "pred" => new(TypeKind.Predicate, 0),
            _ => default,
        };
        return type != default;
    }
}
