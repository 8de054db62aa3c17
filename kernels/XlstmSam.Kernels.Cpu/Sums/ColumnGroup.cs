using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Up to eight neighbouring columns of a (rows, stride) matrix, one per lane: what a reduction over rows works on. Missing lanes read
/// as zero and are not written.
/// </summary>
internal readonly unsafe struct ColumnGroup(float* start, long rows, long stride, int lanes)
{
    public const int Width = 8;

    public long Rows => rows;

    public Vector256<float> this[long row] => lanes == Width ? Vector256.Load(start + (row * stride)) : Partial(start + (row * stride));

    public void Set(long row, Vector256<float> values)
    {
        var target = start + (row * stride);
        if (lanes == Width)
        {
            values.Store(target);
            return;
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            target[lane] = values[lane];
        }
    }

    public void Add(long row, Vector256<float> values) => Set(row, this[row] + values);

    public Vector256<float> Max()
    {
        var largest = this[0];
        for (long row = 1; row < rows; row++)
        {
            largest = Vector256.Max(largest, this[row]);
        }

        return largest;
    }

    public DoubleLanes Sum()
    {
        var sum = default(DoubleLanes);
        for (long row = 0; row < rows; row++)
        {
            sum += DoubleLanes.Of(this[row]);
        }

        return sum;
    }

    /// <summary>Σ (x - center)².</summary>
    public DoubleLanes SumOfSquares(DoubleLanes center)
    {
        var sum = default(DoubleLanes);
        for (long row = 0; row < rows; row++)
        {
            var deviation = DoubleLanes.Of(this[row]) - center;
            sum += deviation * deviation;
        }

        return sum;
    }

    /// <summary>Σ exp(x - shift).</summary>
    public DoubleLanes SumExp(Vector256<float> shift)
    {
        var sum = default(DoubleLanes);
        for (long row = 0; row < rows; row++)
        {
            sum += DoubleLanes.Of(Vector256.Exp(this[row] - shift));
        }

        return sum;
    }

    public DoubleLanes Dot(ColumnGroup other)
    {
        var sum = default(DoubleLanes);
        for (long row = 0; row < rows; row++)
        {
            sum += DoubleLanes.Of(this[row]) * DoubleLanes.Of(other[row]);
        }

        return sum;
    }

    private Vector256<float> Partial(float* source)
    {
        var padded = stackalloc float[Width];
        for (var lane = 0; lane < Width; lane++)
        {
            padded[lane] = lane < lanes ? source[lane] : 0;
        }

        return Vector256.Load(padded);
    }
}
