using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Transposes in squares of 8 x 8 that stay in registers, the edges and machines without AVX one element at a time.</summary>
internal static unsafe class SquareTranspose
{
    private const int Side = 8;

    /// <summary>target[c, r] = or += source[r, c]; rows lie so many elements apart.</summary>
    public static void Run(float* source, nint sourceStep, float* target, nint targetStep, int rows, int columns, bool accumulate = false)
    {
        var (wholeRows, wholeColumns) = Avx.IsSupported ? (rows & -Side, columns & -Side) : (0, 0);
        for (var c = 0; c < wholeColumns; c += Side)
        {
            for (var r = 0; r < wholeRows; r += Side)
            {
                Square(source + (r * sourceStep) + c, sourceStep, target + (c * targetStep) + r, targetStep, accumulate);
            }
        }

        Elements(source + wholeColumns, sourceStep, target + (wholeColumns * targetStep), targetStep, rows, columns - wholeColumns, accumulate);
        Elements(source + (wholeRows * sourceStep), sourceStep, target + wholeRows, targetStep, rows - wholeRows, wholeColumns, accumulate);
    }

    private static void Square(float* source, nint sourceStep, float* target, nint targetStep, bool accumulate)
    {
        for (var half = 0; half < 2; half++, source += Side / 2, target += Side / 2 * targetStep)
        {
            // Row i in the lower half of a register and row i + 4 in the upper: a transposed 4 x 4 in each half is a row of the result.
            var (r0, r1) = (Rows(source, sourceStep), Rows(source + sourceStep, sourceStep));
            var (r2, r3) = (Rows(source + (2 * sourceStep), sourceStep), Rows(source + (3 * sourceStep), sourceStep));
            var (low01, high01) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
            var (low23, high23) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
            Store(Avx.Shuffle(low01, low23, 0x44), target, accumulate);
            Store(Avx.Shuffle(low01, low23, 0xEE), target + targetStep, accumulate);
            Store(Avx.Shuffle(high01, high23, 0x44), target + (2 * targetStep), accumulate);
            Store(Avx.Shuffle(high01, high23, 0xEE), target + (3 * targetStep), accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rows(float* source, nint step) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (Side / 2 * step)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> row, float* target, bool accumulate) => (accumulate ? Vector256.Load(target) + row : row).Store(target);

    private static void Elements(float* source, nint sourceStep, float* target, nint targetStep, int rows, int columns, bool accumulate)
    {
        for (var c = 0; c < columns; c++)
        {
            for (var r = 0; r < rows; r++)
            {
                var value = source[(r * sourceStep) + c];
                target[(c * targetStep) + r] = accumulate ? target[(c * targetStep) + r] + value : value;
            }
        }
    }
}
