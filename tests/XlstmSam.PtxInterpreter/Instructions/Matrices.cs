using System.Numerics;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>ldmatrix: 8 rows of 16 bytes per matrix, their addresses in 8 lanes each; lane l gets two neighbours of row l / 4 (or column,
/// transposed).</summary>
internal sealed unsafe class LoadMatrix(AddressOperand address, int[] targets, bool transposed) : Instruction
{
    private const int RowBytes = 16;

    public override void Execute(Warp warp, uint mask)
    {
        warp.RequireConverged(this, mask);
        var addresses = stackalloc ulong[Lanes.Count];
        address.Read(warp, addresses);
        var rows = targets.Length == 4 ? Lanes.All : (1u << (8 * targets.Length)) - 1;
        if ((rows & ~mask) != 0)
        {
            throw warp.Fault(this, mask, "Lanes that give row addresses are missing.");
        }

        var access = MemoryAccess.Open(warp, this, StateSpace.Shared, addresses, rows, RowBytes);
        access.NoteRead(warp, this);
        for (var matrix = 0; matrix < targets.Length; matrix++)
        {
            Distribute(access, 8 * matrix, warp.Register<uint>(targets[matrix]));
        }
    }

    private void Distribute(in MemoryAccess access, int firstRow, uint* target)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            var (major, minor) = (lane >> 2, 2 * (lane & 3));
            target[lane] = transposed
                ? ((ushort*)access.At(firstRow + minor))[major] | ((uint)((ushort*)access.At(firstRow + minor + 1))[major] << 16)
                : ((uint*)access.At(firstRow + major))[minor >> 1];
        }
    }
}

/// <summary>How a register holds elements of a matrix operand.</summary>
internal interface IFragment
{
    /// <summary>Elements in a register: 1 or 2.</summary>
    static abstract int Width { get; }

    static abstract float Element(uint register, int index);
}

/// <summary>Tensor cores look at the upper 19 bits alone: what cvt.rna.tf32 did not round away is cut off.</summary>
internal readonly struct Tf32Fragment : IFragment
{
    public static int Width => 1;

    public static float Element(uint register, int index) => BitConverter.UInt32BitsToSingle(register & 0xffffe000);
}

internal readonly struct BFloatFragment : IFragment
{
    public static int Width => 2;

    public static float Element(uint register, int index) => BitConverter.UInt32BitsToSingle(index == 0 ? register << 16 : register & 0xffff0000);
}

internal readonly struct HalfFragment : IFragment
{
    public static int Width => 2;

    public static float Element(uint register, int index) => (float)BitConverter.UInt16BitsToHalf((ushort)(register >> (16 * index)));
}

/// <summary>
/// mma.sync m16n8: D = A B + C. With g = lane / 4 and t = lane % 4, and e elements in a register: A's registers hold row g or g + 8 (odd ones) and
/// columns e t.. (+ 4 e for the third and fourth), B's hold column g and rows e t.. (+ 4 e for the second), C and D rows g and g + 8, columns 2 t and 2 t + 1.
/// Products are exact in float and added in the order of k, in float; hardware adds several at once and may differ in the last bits.
/// </summary>
internal sealed unsafe class MatrixMultiply<TFragment>(int[] d, int[] a, int[] b, int[] c) : Instruction
    where TFragment : struct, IFragment
{
    public override void Execute(Warp warp, uint mask)
    {
        warp.RequireConverged(this, mask);
        if (mask != Lanes.All)
        {
            throw warp.Fault(this, mask, "A matrix product needs all 32 lanes.");
        }

        var inner = 4 * TFragment.Width * b.Length;
        var left = stackalloc float[16 * 16];
        var right = stackalloc float[16 * 8];
        for (var r = 0; r < a.Length; r++)
        {
            ReadLeft(warp.Register<uint>(a[r]), left + ((r & 1) * 8 * inner) + ((r >> 1) * 4 * TFragment.Width), inner);
        }

        for (var r = 0; r < b.Length; r++)
        {
            ReadRight(warp.Register<uint>(b[r]), right + (r * 4 * TFragment.Width * 8));
        }

        // D may be any of the operands' registers.
        var addends = stackalloc float[4 * Lanes.Count];
        for (var r = 0; r < c.Length; r++)
        {
            new ReadOnlySpan<float>(warp.Register<float>(c[r]), Lanes.Count).CopyTo(new(addends + (r * Lanes.Count), Lanes.Count));
        }

        for (var row = 0; row < 16; row++)
        {
            var offset = 4 * (row & 7);
            var pair = row < 8 ? 0 : 2;
            var even = Vector128.Load(addends + (pair * Lanes.Count) + offset);
            var odd = Vector128.Load(addends + ((pair + 1) * Lanes.Count) + offset);

            // Columns in the order 0 2 4 6 1 3 5 7, as the two registers hold them.
            var sum = Vector256.Create(even, odd);
            for (var k = 0; k < inner; k++)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(left[(row * inner) + k]), Vector256.Load(right + (k * 8)), sum);
            }

            sum.GetLower().Store(warp.Register<float>(d[pair]) + offset);
            sum.GetUpper().Store(warp.Register<float>(d[pair + 1]) + offset);
        }
    }

    private static void ReadLeft(uint* source, float* target, int stride)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            for (var i = 0; i < TFragment.Width; i++)
            {
                target[((lane >> 2) * stride) + ((lane & 3) * TFragment.Width) + i] = TFragment.Element(source[lane], i);
            }
        }
    }

    private static void ReadRight(uint* source, float* target)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            var column = lane >> 2;
            var place = (column >> 1) + (4 * (column & 1));
            for (var i = 0; i < TFragment.Width; i++)
            {
                target[((((lane & 3) * TFragment.Width) + i) * 8) + place] = TFragment.Element(source[lane], i);
            }
        }
    }
}
