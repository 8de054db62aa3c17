using System.Numerics;
using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Division of numbers below 2³¹ by a number known at launch: a multiplication and a shift.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Divider
{
    public int Divisor;

    // quotient = (high word of (n Multiplier) + n Whole) >> Shift; Whole is 1 for the divisor 1 alone.
    public uint Multiplier;
    public uint Whole;
    public int Shift;

    public static Divider By(int divisor)
    {
        if (divisor == 1)
        {
            return new() { Divisor = 1, Whole = 1 };
        }

        var bits = BitOperations.Log2((uint)divisor - 1) + 1;
        var power = 1UL << (31 + bits);
        return new() { Divisor = divisor, Multiplier = (uint)((power + (ulong)divisor - 1) / (ulong)divisor), Shift = bits - 1 };
    }

    public readonly int Quotient(int n) => (int)(((uint)(((ulong)(uint)n * Multiplier) >> 32) + ((uint)n * Whole)) >> Shift);
}
