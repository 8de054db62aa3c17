using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>As many launches for every mask and prediction: the error and its components, depths along three axes, the choice.</summary>
internal sealed class ClickSimulationCuda(Launcher launcher) : IClickSimulation
{
    // Voxels of which a block counts the deepest: 16 for every thread.
    private const int Chunk = 4096;

    // Numbers that the kernels keep of every mask.
    private const int StateLength = 4;

    private readonly CudaKernel runs = launcher.Kernel("ClickComponentKernels.Runs");
    private readonly CudaKernel join = launcher.Kernel("ClickComponentKernels.Join");
    private readonly CudaKernel sizes = launcher.Kernel("ClickComponentKernels.Sizes");
    private readonly CudaKernel largest = launcher.Kernel("ClickComponentKernels.Largest");
    private readonly CudaKernel alongWidth = launcher.Kernel("ClickDepthKernels.AlongWidth");
    private readonly CudaKernel alongAxis = launcher.Kernel("ClickDepthKernels.AlongAxis");
    private readonly CudaKernel greatest = launcher.Kernel("ClickDepthKernels.Greatest");
    private readonly CudaKernel count = launcher.Kernel("ClickChoiceKernels.Count");
    private readonly CudaKernel choose = launcher.Kernel("ClickChoiceKernels.Choose");

    public long ScratchBytes(in ClickGeometry geometry) => sizeof(int) * geometry.N * (StateLength + Chunks(geometry) + (2 * geometry.Grid.Count));

    public void Place(in ClickGeometry geometry, float threshold, View logits, U8View targets, I32View draws, View prompts)
    {
        var (n, grid, voxels) = (geometry.N, geometry.Grid, checked((int)geometry.Grid.Count));
        Debug.Assert(targets.Length == (long)n * voxels && (logits.IsNone || logits.Length == targets.Length), "Shapes agree.");
        Debug.Assert(draws.Length == 3L * n && prompts.Length >= (4L * geometry.Stride * (n - 1)) + 4, "Shapes agree.");
        var (rows, chunks) = (grid.D * grid.H, (int)Chunks(geometry));
        using var room = launcher.Scratch.Borrow(ScratchBytes(geometry) / sizeof(int));
        var (state, counts) = (room.View.Slice(0, StateLength * n), room.View.Slice(StateLength * n, (long)chunks * n));
        var first = room.View.Slice((StateLength + (long)chunks) * n, (long)voxels * n);
        var second = room.View.Slice(((StateLength + (long)chunks) * n) + first.Length, first.Length);
        var (perVoxel, perRow) = (new Dim3(launcher.Blocks(join, voxels), n), new Dim3(launcher.Blocks(alongWidth, 32L * rows), n));

        launcher.Launch(runs, launcher.Blocks(runs, 32L * n * rows), logits, targets, first, second, state, (long)n * rows, rows, grid.W, threshold);
        launcher.Launch(join, perVoxel, first, draws, voxels, grid.H, grid.W);
        launcher.Launch(sizes, perVoxel, first, second, voxels, grid.W);
        launcher.Launch(largest, perVoxel, second, state, voxels);
        launcher.Launch(alongWidth, perRow, targets, first, draws, state, second, rows, grid.W);
        launcher.Launch(alongAxis, perVoxel, draws, second, first, voxels, grid.W, grid.H);
        launcher.Launch(alongAxis, perVoxel, draws, first, second, voxels, grid.W * grid.H, grid.D);
        launcher.Launch(greatest, perVoxel, second, state, voxels);
        launcher.Launch(count, new(chunks, n), second, state, counts, voxels, Chunk);
        launcher.Launch(choose, n, second, targets, draws, state, counts, prompts, voxels, grid.H, grid.W, chunks, Chunk, geometry.Stride);
    }

    private static long Chunks(in ClickGeometry geometry) => (geometry.Grid.Count + Chunk - 1) / Chunk;
}
