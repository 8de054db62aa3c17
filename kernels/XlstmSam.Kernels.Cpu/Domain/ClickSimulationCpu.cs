using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>A ticket per mask.</summary>
internal sealed unsafe class ClickSimulationCpu(WorkerPool pool) : IClickSimulation
{
    private readonly Stack<ClickPlacer> idle = new();

    public long ScratchBytes(in ClickGeometry geometry) => Math.Min(geometry.N, pool.Threads) * ClickPlacer.Bytes(geometry.Grid);

    public void Place(in ClickGeometry geometry, float threshold, View logits, U8View targets, I32View draws, View prompts)
    {
        var voxels = checked((int)geometry.Grid.Count);
        Debug.Assert(targets.Length == (long)geometry.N * voxels && (logits.IsNone || logits.Length == targets.Length), "Shapes agree.");
        Debug.Assert(draws.Length == 3L * geometry.N && prompts.Length >= (4L * geometry.Stride * (geometry.N - 1)) + 4, "Shapes agree.");
        pool.Run(geometry.N, new Job(
            this, geometry, voxels, threshold, CpuBuffer.Floats(logits), CpuBuffer.Bytes8(targets), CpuBuffer.Rows32(draws), CpuBuffer.Floats(prompts)));
    }

    private ClickPlacer Take()
    {
        lock (idle)
        {
            return idle.TryPop(out var placer) ? placer : new();
        }
    }

    private void GiveBack(ClickPlacer placer)
    {
        lock (idle)
        {
            idle.Push(placer);
        }
    }

    private readonly struct Job(
        ClickSimulationCpu owner, ClickGeometry geometry, int voxels, float threshold, float* logits, byte* targets, int* draws, float* prompts) : IWorkItems
    {
        public void Run(int mask)
        {
            var first = (long)mask * voxels;
            var target = new ReadOnlySpan<byte>(targets + first, voxels);
            var prediction = logits is null ? default : new ReadOnlySpan<float>(logits + first, voxels);
            var draw = draws + (3 * mask);
            var placer = owner.Take();
            var voxel = placer.Place(geometry.Grid, prediction, threshold, target, draw[0] != 0, draw[1], draw[2]);
            owner.GiveBack(placer);
            var (h, w) = (geometry.Grid.H, geometry.Grid.W);
            var prompt = prompts + (4L * geometry.Stride * mask);
            (prompt[0], prompt[1], prompt[2], prompt[3]) = (voxel / w / h, voxel / w % h, voxel % w, target[voxel] != 0 ? 1 : 0);
        }
    }
}
