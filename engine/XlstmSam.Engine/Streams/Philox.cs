using System.Runtime.CompilerServices;

namespace XlstmSam.Engine.Streams;

/// <summary>Four 32-bit words: a Philox counter or the random block made from it, word 0 first.</summary>
public readonly record struct PhiloxBlock(uint W0, uint W1, uint W2, uint W3)
{
    public uint this[int word] => word switch { 0 => W0, 1 => W1, 2 => W2, _ => W3 };
}

/// <summary>Philox4x32-10 of Salmon et al. 2011: a keyed bijection of 128-bit counters that passes BigCrush.</summary>
public static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The random block of a counter; distinct counters give distinct blocks under one key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxBlock Block(PhiloxBlock counter, uint key0, uint key1)
    {
        var (c0, c1, c2, c3) = counter;
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = (
                (uint)(product1 >> 32) ^ c1 ^ key0,
                (uint)product1,
                (uint)(product0 >> 32) ^ c3 ^ key1,
                (uint)product0);
            unchecked
            {
                key0 += Weyl0;
                key1 += Weyl1;
            }
        }

        return new(c0, c1, c2, c3);
    }
}
