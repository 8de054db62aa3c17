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
        pool.Run(count, new GateSumsJob(shape, kept, inputGates, forgetGates));
        var first = MlstmSequence.At(shape, kept, 0);
        var blocks = MlstmStates.Blocks(shape.HeadSize);
        long stateScratch = MlstmStates.ScratchBytes(first), chunkScratch = MlstmForwardChunk.ScratchBytes(first);
        for (var start = 0; start < shape.Chunks; start += ChunksOfSegment)
        {
            var segment = new Segment(shape, kept, 0, start);
            pool.Run(count * blocks, stateScratch, new StatesJob(segment, blocks, keys, values, inputGates));
            pool.Run(count * segment.Chunks, chunkScratch, new OutputsJob(segment, epsilon, queries, keys, values, inputGates, target));
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
            var segment = new Segment(geometry, saved, first, start);
            pool.Run(count * segment.Chunks, scratch, new UnnormalizeJob(segment, gradients));
            pool.Run(count * blocks, scratch, new StateGradientsJob(segment, blocks, gradients));
            pool.Run(count * segment.Chunks, scratch, new GradientsJob(segment, gradients));
        }

        pool.Run(count, new GateGradientsJob(geometry, saved, first, gradients));
    }

    private void Average(MlstmScanGeometry geometry, float* outputs, float* h)
    {
        var length = Elements(geometry);
        pool.Run(checked((int)((length + ElementsOfTicket - 1) / ElementsOfTicket)), new AverageJob(outputs, length, h));
    }

    private static long Elements(in MlstmScanGeometry geometry) => (long)geometry.B * geometry.S * geometry.Heads * geometry.HeadSize;

    /// <summary>Where each direction's outputs are saved when h is their mean.</summary>
    private static float* Outputs(in MlstmScanGeometry geometry, float* saved) => saved + (MlstmSequence.Count(geometry) * MlstmSequence.Stride(geometry));

    /// <summary>The chunks of one segment, of all scans from <paramref name="firstScan"/> on: a ticket takes one chunk of one scan.</summary>
    private readonly struct Segment(MlstmScanGeometry geometry, float* saved, int firstScan, int firstChunk)
    {
        public int Chunks { get; } = Math.Min(ChunksOfSegment, geometry.Chunks - firstChunk);

        public int First => firstChunk;

        public int End => firstChunk + Chunks;

        public long Outputs => Elements(geometry);

        public MlstmSequence Scan(int number) => MlstmSequence.At(geometry, saved, firstScan + number);

        public int Chunk(int ticket) => firstChunk + (ticket % Chunks);
    }

    private readonly struct GateSumsJob(MlstmScanGeometry geometry, float* saved, float* i, float* f) : ITicketJob
    {
        public void Run(int ticket) => MlstmSequence.At(geometry, saved, ticket).SumGates(i, f);
    }

    private readonly struct StatesJob(Segment segment, int blocks, float* k, float* v, float* i) : IScratchJob
    {
        public void Run(int ticket, ScratchCursor scratch) =>
            MlstmStates.Forward(segment.Scan(ticket / blocks), segment.First, segment.End, ticket % blocks, k, v, i, scratch);
    }

    private readonly struct OutputsJob(Segment segment, float epsilon, float* q, float* k, float* v, float* i, float* h) : IScratchJob
    {
        public void Run(int ticket, ScratchCursor scratch)
        {
            var scan = segment.Scan(ticket / segment.Chunks);
            MlstmForwardChunk.Output(scan, segment.Chunk(ticket), epsilon, q, k, v, i, h + (scan.Direction * segment.Outputs), scratch);
        }
    }

    private readonly struct UnnormalizeJob(Segment segment, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchCursor scratch) =>
            MlstmBackwardChunk.Unnormalize(segment.Scan(ticket / segment.Chunks), segment.Chunk(ticket), gradients, scratch);
    }

    private readonly struct StateGradientsJob(Segment segment, int blocks, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchCursor scratch) =>
            MlstmStates.Backward(segment.Scan(ticket / blocks), segment.First, segment.End, ticket % blocks, gradients, scratch);
    }

    private readonly struct GradientsJob(Segment segment, MlstmGradients gradients) : IScratchJob
    {
        public void Run(int ticket, ScratchCursor scratch) =>
            MlstmBackwardChunk.Gradients(segment.Scan(ticket / segment.Chunks), segment.Chunk(ticket), gradients, scratch);
    }

    private readonly struct GateGradientsJob(MlstmScanGeometry geometry, float* saved, int first, MlstmGradients gradients) : ITicketJob
    {
        public void Run(int ticket) => gradients.AddGates(MlstmSequence.At(geometry, saved, first + ticket));
    }

    private readonly struct AverageJob(float* outputs, long length, float* h) : ITicketJob
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
