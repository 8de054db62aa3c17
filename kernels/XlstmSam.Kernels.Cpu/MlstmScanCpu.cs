using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Chunkwise mLSTM. Each way has the same phases: contributions of all chunks to the states in parallel, the scan over the states, then all
/// chunks in parallel. Only the scan is sequential in S, and its rows are not.
/// </summary>
internal sealed unsafe class MlstmScanCpu(WorkerPool pool) : IMlstmScan
{
    private const long StateBlock = 1 << 12;

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
        var scratch = MlstmForwardChunk.ScratchBytes(MlstmSequence.At(shape, kept, 0));
        var carried = shape.Chunks - 1;
        pool.Run(count * carried, scratch, (task, memory) =>
            MlstmForwardChunk.Increment(MlstmSequence.At(shape, kept, task / carried), task % carried, keys, values, inputGates, memory));
        ScanStates(shape, kept);
        pool.Run(count * shape.Chunks, scratch, (task, memory) =>
        {
            var scan = MlstmSequence.At(shape, kept, task / shape.Chunks);
            MlstmForwardChunk.Output(scan, task % shape.Chunks, epsilon, queries, keys, values, inputGates, target + (scan.Direction * Elements(shape)), memory);
        });
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
        var carried = geometry.Chunks - 1;
        var scratch = MlstmBackwardChunk.ScratchBytes(MlstmSequence.At(geometry, saved, 0));
        pool.Run(count * carried, scratch, (task, memory) =>
        {
            var scan = MlstmSequence.At(geometry, saved, first + (task / carried));
            var chunk = 1 + (task % carried);
            MlstmBackwardChunk.Increment(scan, chunk, gradients, gradients.State(scan, chunk), memory);
        });
        ScanGradients(geometry, saved, first, gradients);
        pool.Run(count * geometry.Chunks, scratch, (task, memory) =>
        {
            var scan = MlstmSequence.At(geometry, saved, first + (task / geometry.Chunks));
            var chunk = task % geometry.Chunks;
            var dstate = chunk < carried ? gradients.State(scan, chunk + 1) : null;
            MlstmBackwardChunk.Gradients(scan, chunk, gradients, dstate, memory);
        });
        pool.Run(count, s => gradients.AddGates(MlstmSequence.At(geometry, saved, first + s)));
    }

    /// <summary>state[c + 1] += z[c] state[c], from the first chunk to the last.</summary>
    private void ScanStates(MlstmScanGeometry geometry, float* saved)
    {
        var blocks = StateBlocks(geometry);
        pool.Run(geometry.Chunks < 3 ? 0 : MlstmSequence.Count(geometry) * blocks, task =>
        {
            var scan = MlstmSequence.At(geometry, saved, task / blocks);
            var start = task % blocks * StateBlock;
            for (var chunk = 1; chunk + 1 < scan.Chunks; chunk++)
            {
                Carry(scan, chunk, scan.State(chunk) + start, scan.State(chunk + 1) + start, start);
            }
        });
    }

    /// <summary>dstate[c] += z[c] dstate[c + 1], from the last chunk to the first.</summary>
    private void ScanGradients(MlstmScanGeometry geometry, float* saved, int first, MlstmGradients gradients)
    {
        var blocks = StateBlocks(geometry);
        pool.Run(geometry.Chunks < 3 ? 0 : geometry.B * geometry.Heads * blocks, task =>
        {
            var scan = MlstmSequence.At(geometry, saved, first + (task / blocks));
            var start = task % blocks * StateBlock;
            for (var chunk = scan.Chunks - 2; chunk > 0; chunk--)
            {
                Carry(scan, chunk, gradients.State(scan, chunk + 1) + start, gradients.State(scan, chunk) + start, start);
            }
        });
    }

    private static void Carry(in MlstmSequence scan, int chunk, float* source, float* target, long start)
    {
        var decay = (float)Math.Exp(scan.Peaks[chunk] - scan.Peaks[chunk + 1]);
        TilePacking.Add(target, 0, source, 0, 1, (int)Math.Min(StateBlock, scan.StateLength - start), decay);
    }

    private void Average(MlstmScanGeometry geometry, float* outputs, float* h)
    {
        var length = Elements(geometry);
        pool.Run(checked((int)((length + StateBlock - 1) / StateBlock)), block =>
        {
            var end = Math.Min(length, (block + 1) * StateBlock);
            for (var e = block * StateBlock; e < end; e++)
            {
                h[e] = 0.5f * (outputs[e] + outputs[length + e]);
            }
        });
    }

    private static int StateBlocks(in MlstmScanGeometry geometry) =>
        checked((int)((((long)geometry.HeadSize * TilePacking.Padded(geometry.HeadSize + 1)) + StateBlock - 1) / StateBlock));

    private static long Elements(in MlstmScanGeometry geometry) => (long)geometry.B * geometry.S * geometry.Heads * geometry.HeadSize;

    /// <summary>Where each direction's outputs are saved when h is their mean.</summary>
    private static float* Outputs(in MlstmScanGeometry geometry, float* saved) => saved + (MlstmSequence.Count(geometry) * MlstmSequence.Stride(geometry));
}
