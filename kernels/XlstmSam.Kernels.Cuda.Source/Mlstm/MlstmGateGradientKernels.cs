using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// di and df. M_t is the key of a token j(t): its gradient goes to i of j(t) and to the forget gates in (j(t), t]. j(t) never decreases, so one sum
/// from the last token, which restarts where j(t) = t, does both: first within each chunk, then over chunks (<see cref="MlstmRunKernels"/>).
/// </summary>
internal static class MlstmGateGradientKernels
{
    private const int BlockSize = 128;

    /// <summary>A thread for each chunk: what its tokens leave of the gradients of the maxima.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Summarize(MlstmShape shape, int sequences, ArrayView<float> planes, ArrayView<float> cotangents, ArrayView<float> runs)
    {
        var index = Threads.Index;
        if (index >= (long)sequences * shape.Chunks)
        {
            return;
        }

        var (sequence, chunk) = (MlstmScanLayout.At(shape, (int)((uint)index / (uint)shape.Chunks)), (int)((uint)index % (uint)shape.Chunks));
        var (gates, of, first) = (new MlstmGates(planes), new MlstmBackwardPlanes(cotangents), sequence.Token(sequence.First(chunk)));
        var run = PeakRuns.Empty;
        for (var t = sequence.Length(chunk) - 1; t >= 0; t--)
        {
            run.Sum += cotangents[of.Peak + first + t];
            if (planes[gates.IsPeak + first + t] > 0)
            {
                run = new(0, 1);
            }
        }

        runs.Cast<Run>()[index] = run;
    }

    /// <summary>A thread for each chunk of B x Heads sequences, from what later chunks left.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Add(
        MlstmShape shape, int firstSequence, ArrayView<float> f, ArrayView<float> planes, ArrayView<float> cotangents, ArrayView<float> products, ArrayView<float> runsBefore, ArrayView<float> di, ArrayView<float> df)
    {
        var index = Threads.Index;
        if (index >= (long)shape.B * shape.Heads * shape.Chunks)
        {
            return;
        }

        var (sequence, chunk) = (MlstmScanLayout.At(shape, firstSequence + (int)((uint)index / (uint)shape.Chunks)), (int)((uint)index % (uint)shape.Chunks));
        var (gates, of, first) = (new MlstmGates(planes), new MlstmBackwardPlanes(cotangents), sequence.Token(sequence.First(chunk)));
        var place = sequence.Chunk(chunk);
        var sum = runsBefore.Cast<Run>()[place].Sum;
        double tail = chunk + 1 < shape.Chunks ? products[place] : 0;
        for (var t = sequence.Length(chunk) - 1; t >= 0; t--)
        {
            var (at, gate) = (first + t, sequence.Gate(sequence.First(chunk) + t));
            var columnSum = cotangents[of.ColumnSum + at];
            sum += cotangents[of.Peak + at];
            tail += (double)cotangents[of.RowSum + at] - columnSum;
            var isPeak = planes[gates.IsPeak + at] > 0;
            if (di.Length > 0)
            {
                di[gate] += (float)(columnSum + (isPeak ? sum : 0));
            }

            sum = isPeak ? 0 : sum;
            if (df.Length > 0)
            {
                df[gate] += (float)(tail + sum) / (1 + GpuLane.Exp(f[gate]));
            }
        }
    }
}
