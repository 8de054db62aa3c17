using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>cvt in all its forms.</summary>
internal static class ConversionDecoder
{
    public static Instruction Convert(Opcode opcode, OperandReader operands)
    {
        var rounding = opcode.TakeAny("rn", "rna", "rni", "rzi", "rmi", "rpi");
        var (flush, saturate) = (opcode.Take("ftz"), opcode.Take("sat"));
        if (opcode.Take("tf32"))
        {
            opcode.TakeType();
            Require(opcode, rounding == "rna", "tf32 rounds with .rna");
            return new ScalarMap1<float, uint, ToTf32>(operands.Target(0, PtxType.B32), operands.Source(1, PtxType.F32));
        }

        if (opcode.TakeAny("bf16x2", "f16x2") is { } pair)
        {
            opcode.TakeType();
            Require(opcode, rounding == "rn" && !saturate, "pairs round with .rn");
            var (d, upper, lower) = (operands.Target(0, PtxType.B32), operands.Source(1, PtxType.F32), operands.Source(2, PtxType.F32));
            return pair == "bf16x2" ? new ConvertPair<ToBFloat>(d, upper, lower) : new ConvertPair<ToHalf>(d, upper, lower);
        }

        var (to, from) = (opcode.TakeType(), opcode.TakeType());
        var (target, source) = (operands.Target(0, to, mayBeWider: true), operands.Source(1, from, mayBeWider: true));
        if (to.Kind == TypeKind.BFloat || from.Kind == TypeKind.BFloat)
        {
            return BFloat(opcode, to, from, target, source);
        }

        var (targetSlot, sourceSlot) = (operands.Slot(operands.List(0)[0]), Slot(operands, from));
        var conversion = new Form(target, targetSlot, source, sourceSlot, flush);
        var toInteger = to.Kind != TypeKind.Float;
        var fromInteger = from.Kind != TypeKind.Float;
        Require(opcode, rounding != "rna" && !(saturate && !toInteger), "this rounding or saturation is not known");
        Require(opcode, toInteger == fromInteger || rounding is not null || (from.Bytes < to.Bytes && !fromInteger), "it needs a rounding");
        Require(opcode, rounding != "rn" || !toInteger, "a conversion to an integer rounds with .rni, .rzi, .rmi or .rpi");
        return rounding switch
        {
            "rni" => From<Integral<ToNearest>>(opcode, conversion, to, from),
            "rzi" => From<Integral<ToZero>>(opcode, conversion, to, from),
            "rmi" => From<Integral<Down>>(opcode, conversion, to, from),
            "rpi" => From<Integral<Up>>(opcode, conversion, to, from),
            _ when saturate => From<Saturating>(opcode, conversion, to, from),
            _ => From<Plain>(opcode, conversion, to, from),
        };
    }

    private readonly record struct Form(int Target, int TargetSlot, int Source, int SourceSlot, bool Flush);

    private static int Slot(OperandReader operands, PtxType from) => operands.Immediate(1) is null ? operands.Slot(operands.List(1)[0]) : from.Slot;

    private static Instruction BFloat(Opcode opcode, PtxType to, PtxType from, int target, int source)
    {
        Require(opcode, to == PtxType.F32 || from == PtxType.F32, "bf16 converts to and from .f32");
        return from == PtxType.F32 ? new ScalarMap1<float, uint, ToBFloat>(target, source) : new ScalarMap1<uint, float, FromBFloat>(target, source);
    }

    private static Instruction From<TConversion>(Opcode opcode, Form form, PtxType to, PtxType from)
        where TConversion : struct, IConversion
        => from switch
        {
            { Kind: TypeKind.Signed, Bytes: 1 } => To<sbyte, TConversion>(opcode, form, to),
            { Kind: TypeKind.Signed, Bytes: 2 } => To<short, TConversion>(opcode, form, to),
            { Kind: TypeKind.Signed, Bytes: 4 } => To<int, TConversion>(opcode, form, to),
            { Kind: TypeKind.Signed, Bytes: 8 } => To<long, TConversion>(opcode, form, to),
            { Kind: TypeKind.Unsigned, Bytes: 1 } => To<byte, TConversion>(opcode, form, to),
            { Kind: TypeKind.Unsigned, Bytes: 2 } => To<ushort, TConversion>(opcode, form, to),
            { Kind: TypeKind.Unsigned, Bytes: 4 } => To<uint, TConversion>(opcode, form, to),
            { Kind: TypeKind.Unsigned, Bytes: 8 } => To<ulong, TConversion>(opcode, form, to),
            { Kind: TypeKind.Float, Bytes: 2 } => To<Half, TConversion>(opcode, form, to),
            { Kind: TypeKind.Float, Bytes: 4 } => To<float, TConversion>(opcode, form, to),
            { Kind: TypeKind.Float, Bytes: 8 } => To<double, TConversion>(opcode, form, to),
            _ => throw opcode.Unknown("not known for this type"),
        };

    private static Instruction To<TFrom, TConversion>(Opcode opcode, Form form, PtxType to)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TConversion : struct, IConversion
        => to switch
        {
            { Kind: TypeKind.Signed, Bytes: 1 } => Make<TFrom, sbyte, TConversion>(form),
            { Kind: TypeKind.Signed, Bytes: 2 } => Make<TFrom, short, TConversion>(form),
            { Kind: TypeKind.Signed, Bytes: 4 } => Make<TFrom, int, TConversion>(form),
            { Kind: TypeKind.Signed, Bytes: 8 } => Make<TFrom, long, TConversion>(form),
            { Kind: TypeKind.Unsigned, Bytes: 1 } => Make<TFrom, byte, TConversion>(form),
            { Kind: TypeKind.Unsigned, Bytes: 2 } => Make<TFrom, ushort, TConversion>(form),
            { Kind: TypeKind.Unsigned, Bytes: 4 } => Make<TFrom, uint, TConversion>(form),
            { Kind: TypeKind.Unsigned, Bytes: 8 } => Make<TFrom, ulong, TConversion>(form),
            { Kind: TypeKind.Float, Bytes: 2 } => Make<TFrom, Half, TConversion>(form),
            { Kind: TypeKind.Float, Bytes: 4 } => Make<TFrom, float, TConversion>(form),
            { Kind: TypeKind.Float, Bytes: 8 } => Make<TFrom, double, TConversion>(form),
            _ => throw opcode.Unknown("not known for this type"),
        };

    private static Instruction Make<TFrom, TTo, TConversion>(Form form)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
        where TConversion : struct, IConversion
        => new Convert<TFrom, TTo, TConversion>(form.Target, form.TargetSlot, form.Source, form.SourceSlot, form.Flush);

    private static void Require(Opcode opcode, bool holds, string why)
    {
        if (!holds)
        {
            throw opcode.Unknown(why);
        }
    }
}
