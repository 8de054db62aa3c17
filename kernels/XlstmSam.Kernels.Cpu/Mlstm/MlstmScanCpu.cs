using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Chunkwise mLSTM. Each way has the same phases: scalars of the tokens, the recurrence over states, then all chunks in parallel. Only the
/// recurrence is sequential in S, and its rows are not. Where the scans alone fill the pool, a ticket takes one from end to end, chunk by chunk,
/// which reads every operand once and keeps the state in the cache; otherwise the pool shares out each phase.
/// </summary>
internal sealed unsafe class MlstmScanCpu(WorkerPool pool) : IMlstmScan
{
    /// <summary>
    /// Chunks that go through all phases before the next ones do, so that a phase finds in the cache what the one before has read and written.
    /// </summary>
    public const int ChunksOfSegment = 4;

    private const long ElementsOfTicket = 1 << 12;

    public long ScratchBytes(in MlstmScanGeometry geometry)
    {
        var first = MlstmScanLayout.At(geometry, null, 0);
        var chunk = Math.Max(MlstmForwardChunk.ScratchBytes(first), MlstmBackwardChunk.ScratchBytes(first));
        return (sizeof(float) * geometry.B * geometry.Heads * MlstmGradients.WorkingLength(geometry)) + (pool.Threads * chunk);
    }

    public long SavedLength(in MlstmScanGeometry geometry) =>
        (MlstmScanLayout.Count(geometry) * MlstmScanLayout.Stride(geometry)) + (geometry.Directions == 2 ? 2 * Elements(geometry) : 0);

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved)
    {
        Debug.Assert(q.Length == Elements(geometry) && i.Length == (long)geometry.B * geometry.S * geometry.Heads
            && saved.Length >= SavedLength(geometry), "Shapes agree.");
        var shape = geometry;
        var kept = CpuBuffer.Floats(saved);
        var both = shape.Directions == 2;
        var target = both ? Outputs(shape, kept) : CpuBuffer.Floats(h);
        var operands = new MlstmForwardOperands(
            epsilon, CpuBuffer.Floats(q), CpuBuffer.Floats(k), CpuBuffer.Floats(v), CpuBuffer.Floats(i), CpuBuffer.Floats(f), target, Elements(shape));
        var count = MlstmScanLayout.Count(shape);
        var first = MlstmScanLayout.At(shape, kept, 0);
        var scratch = Math.Max(MlstmStates.ScratchBytes(first), MlstmForwardChunk.ScratchBytes(first));
        if (FillsPool(count))
        {
            pool.Run(count, scratch, new ForwardScanJob(shape, kept, operands));
        }
        else
        {
            pool.Run(count, new GateSumsJob(shape, kept, operands));
            for (var start = 0; start < shape.Chunks; start += ChunksOfSegment)
            {
                var segment = new MlstmSegment(shape, kept, 0, start, ChunksOfSegment);
                pool.Run(count * segment.Blocks, scratch, new StatesJob(segment, operands));
                pool.Run(count * segment.Chunks, scratch, new OutputsJob(segment, operands));
            }
        }

        if (both)
        {
            Average(shape, target, CpuBuffer.Floats(h));
        }
    }

    public void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk,
        View dv, View di, View df)
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
        var scratch = MlstmBackwardChunk.ScratchBytes(MlstmScanLayout.At(geometry, saved, 0));
        if (FillsPool(count))
        {
            pool.Run(count, scratch, new BackwardScanJob(geometry, saved, first, gradients));
        }
        else
        {
            for (var start = (geometry.Chunks - 1) / ChunksOfSegment * ChunksOfSegment; start >= 0; start -= ChunksOfSegment)
            {
                var segment = new MlstmSegment(geometry, saved, first, start, ChunksOfSegment);
                pool.Run(count * segment.Chunks, scratch, new UnnormalizeJob(segment, gradients));
                pool.Run(count * segment.Blocks, scratch, new StateGradientsJob(segment, gradients));
                pool.Run(count * segment.Chunks, scratch, new GradientsJob(segment, gradients));
            }

            pool.Run(count, new GateGradientsJob(geometry, saved, first, gradients));
        }
    }

    // So that no thread is left without work for longer than the others take for a scan.
    private bool FillsPool(int scans) => scans % pool.Threads == 0 || scans >= 4 * pool.Threads;

    private void Average(MlstmScanGeometry geometry, float* outputs, float* h)
    {
        var length = Elements(geometry);
        pool.Run(checked((int)((length + ElementsOfTicket - 1) / ElementsOfTicket)), new AverageJob(outputs, length, h));
    }

    private static long Elements(in MlstmScanGeometry geometry) => (long)geometry.B * geometry.S * geometry.Heads * geometry.HeadSize;

    /// <summary>Where each direction's outputs are saved when h is their mean.</summary>
    private static float* Outputs(in MlstmScanGeometry geometry, float* saved) => saved + (MlstmScanLayout.Count(geometry) * MlstmScanLayout.Stride(geometry));

    private readonly struct GateSumsJob(MlstmScanGeometry geometry, float* saved, MlstmForwardOperands operands) : IWorkItems
    {
        public void Run(int ticket) => operands.SumGates(MlstmScanLayout.At(geometry, saved, ticket));
    }

    private readonly struct StatesJob(MlstmSegment segment, MlstmForwardOperands operands) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (segment.Scan(ticket / segment.Blocks), default(RowPrefetch));
            for (var chunk = segment.First; chunk < segment.End; chunk++)
            {
                ahead.Begin(scan, chunk + 1);
                ahead.Add(operands.K);
                ahead.Add(operands.V);
                operands.State(scan, chunk, ticket % segment.Blocks, scratch, &ahead);
                ahead.FetchRest();
            }
        }
    }

    private readonly struct OutputsJob(MlstmSegment segment, MlstmForwardOperands operands) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (segment.Scan(ticket / segment.Chunks), default(RowPrefetch));
            ahead.Begin(scan, segment.Chunk(ticket));
            operands.AddTo(ref ahead, scan);
            ahead.FetchRest();
            operands.Output(scan, segment.Chunk(ticket), scratch, &ahead);
        }
    }

    private readonly struct ForwardScanJob(MlstmScanGeometry geometry, float* saved, MlstmForwardOperands operands) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (MlstmScanLayout.At(geometry, saved, ticket), default(RowPrefetch));
            operands.SumGates(scan);
            for (var chunk = 0; chunk < scan.Chunks; chunk++)
            {
                ahead.Begin(scan, chunk + 1);
                operands.AddTo(ref ahead, scan);
                operands.Output(scan, chunk, scratch, &ahead);
                for (var block = 0; block < MlstmStates.Blocks(scan.HeadSize); block++)
                {
                    operands.State(scan, chunk, block, scratch, &ahead);
                }

                ahead.FetchRest();
            }
        }
    }

    private readonly struct UnnormalizeJob(MlstmSegment segment, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch) =>
            MlstmBackwardChunk.Unnormalize(segment.Scan(ticket / segment.Chunks), segment.Chunk(ticket), gradients, scratch);
    }

    private readonly struct StateGradientsJob(MlstmSegment segment, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (segment.Scan(ticket / segment.Blocks), default(RowPrefetch));
            for (var chunk = segment.End - 1; chunk >= segment.First; chunk--)
            {
                ahead.Begin(scan, chunk - 1);
                ahead.Add(gradients.Q);
                ahead.Add(gradients.Dh);
                MlstmStates.Backward(scan, chunk, ticket % segment.Blocks, gradients, scratch, &ahead);
                ahead.FetchRest();
            }
        }
    }

    private readonly struct GradientsJob(MlstmSegment segment, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (segment.Scan(ticket / segment.Chunks), default(RowPrefetch));
            ahead.Begin(scan, segment.Chunk(ticket));
            gradients.AddTo(ref ahead, scan);
            ahead.FetchRest();
            MlstmBackwardChunk.Gradients(scan, segment.Chunk(ticket), gradients, scratch, &ahead);
        }
    }

    private readonly struct BackwardScanJob(MlstmScanGeometry geometry, float* saved, int first, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch)
        {
            var (scan, ahead) = (MlstmScanLayout.At(geometry, saved, first + ticket), default(RowPrefetch));
            for (var chunk = scan.Chunks - 1; chunk >= 0; chunk--)
            {
                ahead.Begin(scan, chunk - 1);
                gradients.AddTo(ref ahead, scan);
                MlstmBackwardChunk.Unnormalize(scan, chunk, gradients, scratch);
                for (var block = 0; block < MlstmStates.Blocks(scan.HeadSize); block++)
                {
                    MlstmStates.Backward(scan, chunk, block, gradients, scratch, &ahead);
                }

                MlstmBackwardChunk.Gradients(scan, chunk, gradients, scratch, &ahead);
                ahead.FetchRest();
            }

            gradients.AddGates(scan);
        }
    }

    private readonly struct GateGradientsJob(MlstmScanGeometry geometry, float* saved, int first, MlstmGradients gradients) : IWorkItems
    {
        public void Run(int ticket) => gradients.AddGates(MlstmScanLayout.At(geometry, saved, first + ticket));
    }

    private readonly struct AverageJob(float* outputs, long length, float* h) : IWorkItems
    {
        public void Run(int ticket)
        {
            var end = Math.Min(length, (ticket + 1) * ElementsOfTicket);
            for (var e = ticket * ElementsOfTicket; e < end; e++)
            {
                h[e] = 0.5f * (outputs[e] + outputs[length + e]);
            }
        }
    }
}
