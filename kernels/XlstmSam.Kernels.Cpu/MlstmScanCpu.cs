using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Chunkwise mLSTM. Each way has the same phases: scalars of the tokens, the recurrence over states, then all chunks in parallel. Only the
/// recurrence is sequential in S, and its rows are not.
/// </summary>
internal sealed unsafe class MlstmScanCpu(WorkerPool pool) : IMlstmScan
{
    /// <summary>
    /// Chunks that go through all phases before the next ones do, so that a phase finds in the cache what the one before has read and written.
    /// </summary>
    public const int ChunksOfSegment = 4;

    private const long ElementsOfTicket = 1 << 12;

    public long SavedLength(in MlstmScanGeometry geometry) =>
        (MlstmSequence.Count(geometry) * MlstmSequence.Stride(geometry)) + (geometry.Directions == 2 ? 2 * Elements(geometry) : 0);

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved)
    {
        Debug.Assert(q.Length == Elements(geometry) && i.Length == (long)geometry.B * geometry.S * geometry.Heads && saved.Length >= SavedLength(geometry), "Shapes agree.");
        var shape = geometry;
        float* queries = CpuBuffer.Floats(q), keys = CpuBuffer.Floats(k), values = CpuBuffer.Floats(v), outputs = CpuBuffer.Floats(h);
        float* inputGates = CpuBuffer.Floats(i), forgetGates = CpuBuffer.Floats(f), kept = CpuBuffer.Floats(saved);
        var both = shape.Directions == 2;
        var target = both ? Outputs(shape, kept) : outputs;
        var count = MlstmSequence.Count(shape);
        pool.Run(count, s => MlstmSequence.At(shape, kept, s).SumGates(inputGates, forgetGates));
        var first = MlstmSequence.At(shape, kept, 0);
        var blocks = MlstmStates.Blocks(shape.HeadSize);
        long stateScratch = MlstmStates.ScratchBytes(first), chunkScratch = MlstmForwardChunk.ScratchBytes(first);
        for (var start = 0; start < shape.Chunks; start += ChunksOfSegment)
        {
            var (from, chunks) = (start, Math.Min(ChunksOfSegment, shape.Chunks - start));
            pool.Run(count * blocks, stateScratch, (task, memory) =>
                MlstmStates.Forward(MlstmSequence.At(shape, kept, task / blocks), from, from + chunks, task % blocks, keys, values, inputGates, memory));
            pool.Run(count * chunks, chunkScratch, (task, memory) =>
            {
                var scan = MlstmSequence.At(shape, kept, task / chunks);
                MlstmForwardChunk.Output(
                    scan, from + (task % chunks), epsilon, queries, keys, values, inputGates, target + (scan.Direction * Elements(shape)), memory);
            });
        }

        if (both)
        {
            Average(shape, target, outputs);
        }
    }

    public void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk, View dv, View di, View df)
    {
        var shape = geometry;
        var kept = CpuBuffer.Floats(saved);
        using var working = pool.Scratch.Borrow(shape.B * shape.Heads * MlstmGradients.WorkingLength(shape));
        var gradients = new MlstmGradients(shape, epsilon, working.Start)
        {
            Dh = CpuBuffer.Floats(dh),
            Q = CpuBuffer.Floats(q),
            K = CpuBuffer.Floats(k),
            V = CpuBuffer.Floats(v),
            I = CpuBuffer.Floats(i),
            F = CpuBuffer.Floats(f),
            H = shape.Directions == 2 ? Outputs(shape, kept) : CpuBuffer.Floats(h),
            Dq = CpuBuffer.Floats(dq),
            Dk = CpuBuffer.Floats(dk),
            Dv = CpuBuffer.Floats(dv),
            Di = CpuBuffer.Floats(di),
            Df = CpuBuffer.Floats(df),
        };

        // One direction after the other: both add to the same rows.
        for (var direction = 0; direction < shape.Directions; direction++)
        {
            Backward(shape, kept, direction * shape.B * shape.Heads, gradients);
        }
    }

    private void Backward(MlstmScanGeometry geometry, float* saved, int first, MlstmGradients gradients)
    {
        var count = geometry.B * geometry.Heads;
        var scratch = MlstmBackwardChunk.ScratchBytes(MlstmSequence.At(geometry, saved, 0));
        var blocks = MlstmStates.Blocks(geometry.HeadSize);
        for (var start = (geometry.Chunks - 1) / ChunksOfSegment * ChunksOfSegment; start >= 0; start -= ChunksOfSegment)
        {
            var (from, chunks) = (start, Math.Min(ChunksOfSegment, geometry.Chunks - start));
            pool.Run(count * chunks, scratch, (task, memory) =>
                MlstmBackwardChunk.Unnormalize(MlstmSequence.At(geometry, saved, first + (task / chunks)), from + (task % chunks), gradients, memory));
            pool.Run(count * blocks, scratch, (task, memory) =>
                MlstmStates.Backward(MlstmSequence.At(geometry, saved, first + (task / blocks)), from, from + chunks, task % blocks, gradients, memory));
            pool.Run(count * chunks, scratch, (task, memory) =>
                MlstmBackwardChunk.Gradients(MlstmSequence.At(geometry, saved, first + (task / chunks)), from + (task % chunks), gradients, memory));
        }

        pool.Run(count, s => gradients.AddGates(MlstmSequence.At(geometry, saved, first + s)));
    }

    private void Average(MlstmScanGeometry geometry, float* outputs, float* h)
    {
        var length = Elements(geometry);
        pool.Run(checked((int)((length + ElementsOfTicket - 1) / ElementsOfTicket)), block =>
        {
            var end = Math.Min(length, (block + 1) * ElementsOfTicket);
            for (var e = block * ElementsOfTicket; e < end; e++)
            {
                h[e] = 0.5f * (outputs[e] + outputs[length + e]);
            }
        });
    }

    private static long Elements(in MlstmScanGeometry geometry) => (long)geometry.B * geometry.S * geometry.Heads * geometry.HeadSize;

    /// <summary>Where each direction's outputs are saved when h is their mean.</summary>
    private static float* Outputs(in MlstmScanGeometry geometry, float* saved) => saved + (MlstmSequence.Count(geometry) * MlstmSequence.Stride(geometry));
}
