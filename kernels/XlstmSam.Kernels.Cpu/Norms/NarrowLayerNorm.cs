namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The layer norm of rows of a few channels, in double. Neighbouring channels of such a row may all but agree: then rstd is near
/// 1 / sqrt(epsilon), a thousand, and multiplies what rounding the mean to float costs. A few channels fill no register anyway.
/// </summary>
internal static unsafe class NarrowLayerNorm
{
    /// <summary>Rows of at most this many channels are narrow.</summary>
    public const int Widest = 8;

    public static void Forward(float* x, int width, float epsilon, float scaleOffset, float* weight, float* bias, float* y, out float mean, out float rstd)
    {
        var (average, squares) = (Mean(x, width), 0.0);
        for (var c = 0; c < width; c++)
        {
            squares += (x[c] - average) * (x[c] - average);
        }

        var inverse = 1 / Math.Sqrt((squares / width) + epsilon);
        for (var c = 0; c < width; c++)
        {
            y[c] = (float)(((x[c] - average) * inverse * ((double)scaleOffset + weight[c])) + (bias is null ? 0 : bias[c]));
        }

        (mean, rstd) = ((float)average, (float)inverse);
    }

    /// <summary>dx += rstd (g - mean(g) - xhat mean(g xhat)) with g = dy (scaleOffset + weight); dweight += dy xhat; dbias += dy.</summary>
    /// <param name="dx">Null if absent, as is dweight, whose dbias lies <paramref name="biasDistance"/> further on.</param>
    public static void Backward(float* dy, float* x, float* weight, float scaleOffset, float rstd, int width, float* dx, float* dweight, long biasDistance)
    {
        double average = Mean(x, width), sum = 0, product = 0;
        for (var c = 0; c < width; c++)
        {
            var gradient = dy[c] * ((double)scaleOffset + weight[c]);
            var normalised = (x[c] - average) * rstd;
            sum += gradient;
            product += gradient * normalised;
            if (dweight is not null)
            {
                dweight[c] += (float)(dy[c] * normalised);
                dweight[c + biasDistance] += dy[c];
            }
        }

        for (var c = 0; c < width && dx is not null; c++)
        {
            var gradient = dy[c] * ((double)scaleOffset + weight[c]);
            var normalised = (x[c] - average) * rstd;
            dx[c] += (float)(rstd * (gradient - (sum / width) - (normalised * product / width)));
        }
    }

    private static double Mean(float* x, int width)
    {
        var sum = 0.0;
        for (var c = 0; c < width; c++)
        {
            sum += x[c];
        }

        return sum / width;
    }
}
