using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Copies rows of an operand into tiles that are padded with zeros to whole vectors, and back. A negative row step reverses them.</summary>
internal static unsafe class TilePacking
{
    /// <summary>The next multiple of a vector's length.</summary>
    public static int Padded(int columns) => (columns + 7) & ~7;

    /// <summary>tile (rows, width) = scale * source (rows, columns), zero beyond.</summary>
    public static void Rows(float* tile, int width, float* source, long rowStep, int rows, int columns, float scale = 1)
    {
        var factor = Vector256.Create(scale);
        for (var r = 0; r < rows; r++, tile += width, source += rowStep)
        {
            var c = 0;
            for (; c + 8 <= columns; c += 8)
            {
                (factor * Vector256.Load(source + c)).Store(tile + c);
            }

            for (; c < columns; c++)
            {
                tile[c] = scale * source[c];
            }

            new Span<float>(tile + columns, width - columns).Clear();
        }
    }

    /// <summary>transposed (columns, width) of tile (rows, columns); columns of the result beyond rows are zero.</summary>
    public static void Transpose(float* transposed, int width, float* tile, long tileStep, int rows, int columns)
    {
        SquareTranspose.Run(tile, (nint)tileStep, transposed, width, rows, columns);
        for (var c = 0; c < columns && rows < width; c++)
        {
            new Span<float>(transposed + ((long)c * width) + rows, width - rows).Clear();
        }
    }

    /// <summary>target (rows, columns) += scale * tile.</summary>
    public static void Add(float* target, long rowStep, float* tile, int width, int rows, int columns, float scale = 1)
    {
        var factor = Vector256.Create(scale);
        for (var r = 0; r < rows; r++, tile += width, target += rowStep)
        {
            var c = 0;
            for (; c + 8 <= columns; c += 8)
            {
                Vector256.MultiplyAddEstimate(factor, Vector256.Load(tile + c), Vector256.Load(target + c)).Store(target + c);
            }

            for (; c < columns; c++)
            {
                target[c] += scale * tile[c];
            }
        }
    }

    /// <summary>Row r of tile *= factors[r].</summary>
    public static void ScaleRows(float* tile, int width, int rows, float* factors)
    {
        for (var r = 0; r < rows; r++, tile += width)
        {
            var factor = Vector256.Create(factors[r]);
            for (var c = 0; c < width; c += 8)
            {
                (factor * Vector256.Load(tile + c)).Store(tile + c);
            }
        }
    }

    /// <summary>rows of a product's right side: where they lie if they fill whole vectors, else a padded copy.</summary>
    public static float* Right(float* source, ref long step, int rows, int columns, float* room)
    {
        if (columns == Padded(columns))
        {
            return source;
        }

        Rows(room, Padded(columns), source, step, rows, columns);
        step = Padded(columns);
        return room;
    }

    public static float Dot(float* a, float* b, int count)
    {
        var sum = Vector256<float>.Zero;
        var c = 0;
        for (; c + 8 <= count; c += 8)
        {
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(a + c), Vector256.Load(b + c), sum);
        }

        var total = Vector256.Sum(sum);
        for (; c < count; c++)
        {
            total += a[c] * b[c];
        }

        return total;
    }
}
