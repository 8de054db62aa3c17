using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The gates of all sequences, in three steps: sums of each chunk by itself, the scan over chunks (<see cref="MlstmRunKernels"/>), then every
/// token from what is before its chunk. F, U and M are kept in double; the logarithms they are sums of are floats.
/// </summary>
internal static class MlstmGateKernels
{
    private const int BlockSize = 128;

    /// <summary>A thread for each chunk: (Σ ℓ, max of U counted from the chunk's start, 0).</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Summarize(MlstmShape shape, int sequences, ArrayView<float> i, ArrayView<float> f, ArrayView<float> runs)
    {
        var index = Threads.Index;
        if (index >= (long)sequences * shape.Chunks)
        {
            return;
        }

        var (sequence, chunk) = (MlstmScanLayout.At(shape, (int)((uint)index / (uint)shape.Chunks)), (int)((uint)index % (uint)shape.Chunks));
        var (sum, peak) = (0.0, double.NegativeInfinity);
        var (first, length) = (chunk * shape.Chunk, sequence.Length(chunk));
        for (var t = first; t < first + length; t++)
        {
            var gate = sequence.Gate(t);
            sum += LogSigmoid(f[gate]);
            var key = i[gate] - sum;
            peak = key > peak ? key : peak;
        }

        runs.Cast<Run>()[index] = new(sum, peak);
    }

    /// <summary>A thread for each chunk, from (F, M) before it: the planes of its tokens, and per chunk exp(M before - M at its end).</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Expand(MlstmShape shape, int sequences, ArrayView<float> i, ArrayView<float> f, ArrayView<float> runsBefore, ArrayView<float> planes, ArrayView<float> decay)
    {
        var index = Threads.Index;
        if (index >= (long)sequences * shape.Chunks)
        {
            return;
        }

        var (sequence, chunk) = (MlstmScanLayout.At(shape, (int)((uint)index / (uint)shape.Chunks)), (int)((uint)index % (uint)shape.Chunks));
        var gates = new MlstmGates(planes);
        var before = runsBefore.Cast<Run>()[index];
        var (sum, peak) = (before.Sum, before.Peak);
        var (first, length) = (chunk * shape.Chunk, sequence.Length(chunk));
        for (var t = first; t < first + length; t++)
        {
            var (gate, at) = (sequence.Gate(t), sequence.Token(t));
            sum += LogSigmoid(f[gate]);
            var key = i[gate] - sum;
            var isPeak = key > peak;
            peak = isPeak ? key : peak;
            var (keyHigh, peakHigh) = ((float)key, (float)peak);
            planes[gates.KeyHigh + at] = keyHigh;
            planes[gates.KeyLow + at] = (float)(key - keyHigh);
            planes[gates.PeakHigh + at] = peakHigh;
            planes[gates.PeakLow + at] = (float)(peak - peakHigh);
            planes[gates.Alpha + at] = GpuLane.Exp((float)(before.Peak - peak));
            planes[gates.Floor + at] = GpuLane.Exp((float)-(sum + peak));
            planes[gates.IsPeak + at] = isPeak ? 1f : 0f;
        }

        var last = sequence.Token(first + length - 1);
        for (var t = first; t < first + length; t++)
        {
            planes[gates.Entry + sequence.Token(t)] = gates.Weight(last, sequence.Token(t));
        }

        decay[index] = planes[gates.Alpha + last];
    }

    private static float LogSigmoid(float f) => MathF.Min(f, 0) - GpuLane.LogOnePlus(GpuLane.Exp(new GpuLane(-MathF.Abs(f)))).Value;
}
