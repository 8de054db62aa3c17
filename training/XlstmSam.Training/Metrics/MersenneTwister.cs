namespace XlstmSam.Training.Metrics;

/// <summary>MT19937 seeded as numpy.random.seed(n) does, with numpy's legacy bounded integers.</summary>
public sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Shift = 397;
    private const uint UpperBit = 0x80000000;

    private readonly uint[] state = new uint[Length];
    private int position;

    public MersenneTwister(uint seed) => Seed(seed);

    /// <summary>Restarts the stream (init_genrand of the reference implementation).</summary>
    public void Seed(uint seed)
    {
        for (var i = 0; i < Length; i++)
        {
            state[i] = seed;
            seed = (1812433253u * (seed ^ (seed >> 30))) + (uint)i + 1;
        }

        position = Length;
    }

    public uint NextUInt32()
    {
        if (position == Length)
        {
            Refill();
        }

        var y = state[position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>A uniform integer in [0, count): numpy.random.choice(count), or randint(0, count). A count of 1 consumes nothing.</summary>
    // numpy rejects outputs above count - 1 after masking them to the next power of two minus 1.
    public int Choice(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var largest = (uint)count - 1;
        if (largest == 0)
        {
            return 0;
        }

        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(largest);
        uint value;
        do
        {
            value = NextUInt32() & mask;
        }
        while (value > largest);
        return (int)value;
    }

    private void Refill()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (state[i] & UpperBit) | (state[(i + 1) % Length] & ~UpperBit);
            state[i] = state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
        }

        position = 0;
    }
}
