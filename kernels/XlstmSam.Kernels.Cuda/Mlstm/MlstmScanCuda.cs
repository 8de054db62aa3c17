using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Chunks have 64 tokens at most, one tile; a longer chunk of the geometry is several of these, which changes nothing but rounding. Forward keeps β and
/// the states; backward computes the gates again.
/// </summary>
internal sealed class MlstmScanCuda(Launcher launcher, CudaPrecision precision) : IMlstmScan
{
    private const int RowsOfBlock = 8;
    private readonly CudaKernel summarize = launcher.Kernel("MlstmGateKernels.Summarize");
    private readonly CudaKernel scanGates = launcher.Kernel("MlstmRunKernels.Scan<GateRuns>");
    private readonly CudaKernel expand = launcher.Kernel("MlstmGateKernels.Expand");
    private readonly CudaKernel increment = launcher.Kernel($"MlstmStateKernels.Increment<{precision}Tile>");
    private readonly CudaKernel carry = launcher.Kernel("MlstmStateKernels.Carry");
    private readonly CudaKernel outputs = launcher.Kernel($"MlstmChunkKernels.Outputs<{precision}Tile>");
    private readonly CudaKernel average = launcher.Kernel("MlstmChunkKernels.Average");
    private readonly CudaKernel unnormalize = launcher.Kernel("MlstmGradientKernels.Unnormalize");
    private readonly CudaKernel carryBack = launcher.Kernel("MlstmStateKernels.CarryBack");
    private readonly CudaKernel products = launcher.Kernel("MlstmStateKernels.Products");
    private readonly CudaKernel gradients = launcher.Kernel($"MlstmGradientKernels.Gradients<{precision}Tile>");
    private readonly CudaKernel summarizePeaks = launcher.Kernel("MlstmGateGradientKernels.Summarize");
    private readonly CudaKernel scanPeaks = launcher.Kernel("MlstmRunKernels.Scan<PeakRuns>");
    private readonly CudaKernel addGates = launcher.Kernel("MlstmGateGradientKernels.Add");

    public long ScratchBytes(in MlstmScanGeometry geometry) => sizeof(float) * new MlstmPlan(geometry).BackwardFloats;

    public long SavedLength(in MlstmScanGeometry geometry) => new MlstmPlan(geometry).SavedFloats;

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved)
    {
        var plan = new MlstmPlan(geometry);
        Debug.Assert(q.Length == plan.Elements && i.Length == plan.Tokens && saved.Length >= plan.SavedFloats, "MlstmScan: shapes agree.");
        if (q.Length == 0)
        {
            return;
        }

        using var room = launcher.Scratch.Borrow(plan.ForwardFloats);
        var gates = new MlstmGatePlanes(plan, room.View);
        var (shape, states) = (KernelArgument.Of(plan.Shape), plan.States(saved));
        LoadGates(plan, shape, i, f, gates);
        var entry = gates.Entry;
        if (plan.Chunks > 1)
        {
            launcher.Launch(increment, plan.IncrementGrid, shape, 0, 1, plan.Scale, k, v, entry, View.None, entry, states);
            launcher.Launch(carry, StateGrid(carry, plan), shape, gates.Decay, states);
        }

        var each = geometry.Directions == 2 ? plan.Outputs(saved) : h;
        launcher.Launch(outputs, new(plan.Chunks, plan.Sequences), shape, plan.Scale, epsilon, q, k, v, gates.Planes, states, each, plan.Betas(saved));
        if (geometry.Directions == 2)
        {
            launcher.Launch(average, launcher.Blocks(average, h.Length), each, h);
        }
    }

    public void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk,
        View dv, View di, View df)
    {
        var plan = new MlstmPlan(geometry);
        if (q.Length == 0)
        {
            return;
        }

        using var room = launcher.Scratch.Borrow(plan.BackwardFloats);
        var gates = new MlstmGatePlanes(plan, room.View);
        var of = new MlstmCotangentPlanes(plan, room.View);
        var (shape, states) = (KernelArgument.Of(plan.Shape), plan.States(saved));
        LoadGates(plan, shape, i, f, gates);
        var each = geometry.Directions == 2 ? plan.Outputs(saved) : h;
        var rows = new Dim3((geometry.S + RowsOfBlock - 1) / RowsOfBlock, plan.Sequences);
        launcher.Launch(unnormalize, rows, shape, 1f / geometry.Directions, epsilon, dh, each, plan.Betas(saved), gates.Planes, of.Planes);
        if (plan.Chunks > 1)
        {
            launcher.Launch(increment, plan.IncrementGrid, shape, 1, 0, 1f, q, dh, gates.Alpha, of.Scale, of.AlphaDbeta, of.States);
            launcher.Launch(carryBack, StateGrid(carryBack, plan), shape, gates.Decay, of.States);
            launcher.Launch(products, new(plan.Chunks - 1, plan.Sequences), shape, states, of.States, of.Products);
        }

        launcher.Launch(summarizePeaks, ChunkGrid(summarizePeaks, plan.AllChunks), shape, plan.Sequences, gates.Planes, of.Planes, gates.Runs);
        launcher.Launch(scanPeaks, plan.Sequences, plan.Chunks, gates.Runs, gates.RunsBefore);

        // One direction after the other: both add to the same rows.
        var heads = geometry.B * geometry.Heads;
        for (var first = 0; first < plan.Sequences; first += heads)
        {
            launcher.Launch(gradients, new(plan.Chunks, heads), shape, first, plan.Scale, dh, q, k, v, gates.Planes, of.Planes, states, of.States, dq, dk, dv);
            launcher.Launch(
                addGates, ChunkGrid(addGates, (long)heads * plan.Chunks), shape, first, f, gates.Planes, of.Planes, of.Products, gates.RunsBefore, di, df);
        }
    }

    private void LoadGates(MlstmPlan plan, KernelArgument shape, View i, View f, MlstmGatePlanes gates)
    {
        launcher.Launch(summarize, ChunkGrid(summarize, plan.AllChunks), shape, plan.Sequences, i, f, gates.Runs);
        launcher.Launch(scanGates, plan.Sequences, plan.Chunks, gates.Runs, gates.RunsBefore);
        launcher.Launch(expand, ChunkGrid(expand, plan.AllChunks), shape, plan.Sequences, i, f, gates.RunsBefore, gates.Planes, gates.Decay);
    }

    private static Dim3 ChunkGrid(CudaKernel kernel, long chunks) => new(checked((int)((chunks + kernel.Entry.Threads - 1) / kernel.Entry.Threads)));

    private static Dim3 StateGrid(CudaKernel kernel, MlstmPlan plan) =>
        new(checked((int)((plan.Shape.StateLength + kernel.Entry.Threads - 1) / kernel.Entry.Threads)), plan.Sequences);
}
