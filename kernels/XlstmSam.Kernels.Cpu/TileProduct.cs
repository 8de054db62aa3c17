using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Products of tiles that fit in the cache: c (m, n) = or += a (m, k) b (k, n). Rows of b and c are contiguous and n is a multiple of 8;
/// a is read by strides, so it may be a transposed tile or a strided operand.
/// </summary>
internal static unsafe class TileProduct
{
    public static void Multiply(
        float* c, int cWidth, float* a, long aRow, long aColumn, float* b, int bWidth, int m, int n, int k, bool add = false)
    {
        Debug.Assert(n % 8 == 0 && cWidth >= n && bWidth >= n, "Tiles are padded to whole vectors.");
        for (var column = 0; column < n;)
        {
            var width = n - column == 24 ? 24 : n - column >= 16 ? 16 : 8;
            for (var row = 0; row < m;)
            {
                var rows = m - row >= 4 ? 4 : 1;
                var cTile = c + ((long)row * cWidth) + column;
                var aTile = a + (row * aRow);
                Block(cTile, cWidth, aTile, aRow, aColumn, b + column, bWidth, rows, width, k, add);
                row += rows;
            }

            column += width;
        }
    }

    private static void Block(
        float* c, int cWidth, float* a, long aRow, long aColumn, float* b, int bWidth, int rows, int width, int k, bool add)
    {
        switch (rows, width)
        {
            case (4, 24):
                Rows4Columns24(c, cWidth, a, aRow, aColumn, b, bWidth, k, add);
                break;
            case (4, 16):
                Rows4Columns16(c, cWidth, a, aRow, aColumn, b, bWidth, k, add);
                break;
            case (4, _):
                Rows4Columns8(c, cWidth, a, aRow, aColumn, b, bWidth, k, add);
                break;
            default:
                for (var column = 0; column < width; column += 8)
                {
                    Rows1Columns8(c + column, a, aColumn, b + column, bWidth, k, add);
                }

                break;
        }
    }

    private static void Rows4Columns24(float* c, int cWidth, float* a, long aRow, long aColumn, float* b, int bWidth, int k, bool add)
    {
        Vector256<float> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        Vector256<float> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        for (var p = 0; p < k; p++)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), b2 = Vector256.Load(b + 16);
            var x = Vector256.Create(*a);
            c00 = Vector256.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(x, b1, c01);
            c02 = Vector256.MultiplyAddEstimate(x, b2, c02);
            x = Vector256.Create(*a1);
            c10 = Vector256.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(x, b1, c11);
            c12 = Vector256.MultiplyAddEstimate(x, b2, c12);
            x = Vector256.Create(*a2);
            c20 = Vector256.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(x, b1, c21);
            c22 = Vector256.MultiplyAddEstimate(x, b2, c22);
            x = Vector256.Create(*a3);
            c30 = Vector256.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(x, b1, c31);
            c32 = Vector256.MultiplyAddEstimate(x, b2, c32);
            a += aColumn;
            a1 += aColumn;
            a2 += aColumn;
            a3 += aColumn;
            b += bWidth;
        }

        float* r1 = c + cWidth, r2 = r1 + cWidth, r3 = r2 + cWidth;
        Put(c, c00, add);
        Put(c + 8, c01, add);
        Put(c + 16, c02, add);
        Put(r1, c10, add);
        Put(r1 + 8, c11, add);
        Put(r1 + 16, c12, add);
        Put(r2, c20, add);
        Put(r2 + 8, c21, add);
        Put(r2 + 16, c22, add);
        Put(r3, c30, add);
        Put(r3 + 8, c31, add);
        Put(r3 + 16, c32, add);
    }

    private static void Rows4Columns16(float* c, int cWidth, float* a, long aRow, long aColumn, float* b, int bWidth, int k, bool add)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        for (var p = 0; p < k; p++)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8);
            var x = Vector256.Create(*a);
            c00 = Vector256.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(x, b1, c01);
            x = Vector256.Create(*a1);
            c10 = Vector256.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(x, b1, c11);
            x = Vector256.Create(*a2);
            c20 = Vector256.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(x, b1, c21);
            x = Vector256.Create(*a3);
            c30 = Vector256.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(x, b1, c31);
            a += aColumn;
            a1 += aColumn;
            a2 += aColumn;
            a3 += aColumn;
            b += bWidth;
        }

        float* r1 = c + cWidth, r2 = r1 + cWidth, r3 = r2 + cWidth;
        Put(c, c00, add);
        Put(c + 8, c01, add);
        Put(r1, c10, add);
        Put(r1 + 8, c11, add);
        Put(r2, c20, add);
        Put(r2 + 8, c21, add);
        Put(r3, c30, add);
        Put(r3 + 8, c31, add);
    }

    private static void Rows4Columns8(float* c, int cWidth, float* a, long aRow, long aColumn, float* b, int bWidth, int k, bool add)
    {
        Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        for (var p = 0; p < k; p++)
        {
            var b0 = Vector256.Load(b);
            c0 = Vector256.MultiplyAddEstimate(Vector256.Create(*a), b0, c0);
            c1 = Vector256.MultiplyAddEstimate(Vector256.Create(*a1), b0, c1);
            c2 = Vector256.MultiplyAddEstimate(Vector256.Create(*a2), b0, c2);
            c3 = Vector256.MultiplyAddEstimate(Vector256.Create(*a3), b0, c3);
            a += aColumn;
            a1 += aColumn;
            a2 += aColumn;
            a3 += aColumn;
            b += bWidth;
        }

        Put(c, c0, add);
        Put(c + cWidth, c1, add);
        Put(c + (2L * cWidth), c2, add);
        Put(c + (3L * cWidth), c3, add);
    }

    private static void Rows1Columns8(float* c, float* a, long aColumn, float* b, int bWidth, int k, bool add)
    {
        var sum = Vector256<float>.Zero;
        for (var p = 0; p < k; p++)
        {
            sum = Vector256.MultiplyAddEstimate(Vector256.Create(*a), Vector256.Load(b), sum);
            a += aColumn;
            b += bWidth;
        }

        Put(c, sum, add);
    }

    private static void Put(float* c, Vector256<float> sum, bool add) => (add ? Vector256.Load(c) + sum : sum).Store(c);
}
