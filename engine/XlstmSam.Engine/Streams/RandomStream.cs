using System.Runtime.CompilerServices;

namespace XlstmSam.Engine.Streams;

/// <summary>One random sequence per (seed, purpose, epoch, case): the n-th word depends on these and on n only, never on threads.</summary>
/// <remarks>A mutable struct: pass it by <c>ref</c>. A copy repeats the words of the original.</remarks>
public struct RandomStream
{
    // A block of the counter (case, epoch, purpose) under the seed names the stream: two words become its key and two the upper
    // half of its counters. Philox is a bijection, so two streams of one seed never share a block.
    private readonly uint key0;
    private readonly uint key1;
    private readonly uint upper0;
    private readonly uint upper1;
    private PhiloxBlock block;
    private ulong position;

    private RandomStream(PhiloxBlock name)
    {
        (key0, key1, upper0, upper1) = name;
        block = BlockAt(0);
    }

    /// <summary>How many 32-bit words have been drawn.</summary>
    public readonly ulong Position => position;

    public static RandomStream Create(ulong seed, StreamPurpose purpose, long epoch = 0, long caseIndex = 0)
    {
        if (epoch is < 0 or > uint.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, $"RandomStream: epoch is {epoch}; expected 0 to {uint.MaxValue}.");
        }

        var counter = new PhiloxBlock((uint)caseIndex, (uint)(caseIndex >> 32), (uint)epoch, (uint)purpose);
        return new(Philox.Block(counter, (uint)seed, (uint)(seed >> 32)));
    }

    /// <summary>Continues at word <paramref name="word"/> of the sequence.</summary>
    public void Seek(ulong word)
    {
        position = word;
        block = BlockAt(word >> 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint NextUInt32()
    {
        var word = block[(int)(position & 3)];
        if ((++position & 3) == 0)
        {
            block = BlockAt(position >> 2);
        }

        return word;
    }

    /// <summary>53 random bits in [0, 1); takes two words.</summary>
    public double NextDouble()
    {
        var high = (ulong)NextUInt32() << 32;
        return ((high | NextUInt32()) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>24 random bits in [0, 1); takes one word.</summary>
    public float NextFloat() => (NextUInt32() >> 8) * (1f / (1 << 24));

    private readonly PhiloxBlock BlockAt(ulong index) =>
        Philox.Block(new((uint)index, (uint)(index >> 32), upper0, upper1), key0, key1);
}
