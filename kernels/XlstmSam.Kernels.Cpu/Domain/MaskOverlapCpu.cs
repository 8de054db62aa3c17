using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>A ticket per pair.</summary>
internal sealed unsafe class MaskOverlapCpu(WorkerPool pool) : IMaskOverlap
{
    public long ScratchBytes(in MaskOverlapGeometry geometry) => 0;

    public void Dice(in MaskOverlapGeometry geometry, View logits, U8View targets, I32View pairs, View dice)
    {
        Debug.Assert(pairs.Length == 2L * geometry.Pairs && dice.Length == geometry.Pairs, "Shapes agree.");
        pool.Run(geometry.Pairs, new Job(geometry.Voxels, CpuBuffer.Floats(logits), CpuBuffer.Bytes8(targets), CpuBuffer.Rows32(pairs), CpuBuffer.Floats(dice)));
    }

    private readonly struct Job(long voxels, float* logits, byte* targets, int* pairs, float* dice) : IWorkItems
    {
        public void Run(int pair)
        {
            var x = logits + (pairs[2 * pair] * voxels);
            var y = targets + (pairs[(2 * pair) + 1] * voxels);
            var (both, either) = (0L, 0L);
            for (long i = 0; i < voxels; i++)
            {
                var predicted = x[i] > 0 ? 1 : 0;
                both += predicted & y[i];
                either += predicted + y[i];
            }

            dice[pair] = either == 0 ? 1 : (float)(2.0 * both / either);
        }
    }
}
