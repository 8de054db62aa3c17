namespace XlstmSam.Kernels;

/// <summary>Between float32 and the 16 bits of bfloat16, on the host.</summary>
public static class BFloat16Bits
{
    /// <summary>To the nearest, halves to even; every NaN becomes one pattern.</summary>
    public static ushort Of(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? (ushort)0x7fff : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The float that 16 bits of bfloat16 stand for; exact.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
