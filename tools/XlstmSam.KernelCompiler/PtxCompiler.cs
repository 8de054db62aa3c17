using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.KernelCompiler;

/// <summary>Compiles one method to PTX, without a driver.</summary>
internal static class PtxCompiler
{
    public static (KernelEntry Entry, string Ptx) Compile(KernelMethod kernel, string sourceHash)
    {
        // A context of its own: after a failure, or for a second backend, a context is of no more use.
        using var context = Context.Create(b => b.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnableAlgorithms());
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!);
        var (threads, minBlocks) = (kernel.Attribute.Threads, kernel.Attribute.MinBlocks);
        var description = EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method);
        var compiled = (PTXCompiledKernel)backend.Compile(description, new KernelSpecialization(threads, minBlocks));
        var ptx = LocalDepots.Promote(PtxText.WithWideShared(PtxText.WithoutUniformBranches(PtxText.Renumbered(compiled.PTXAssembly))));
        return PtxText.Unresolved(ptx) is { } unknown
            ? throw new NotSupportedException($"it calls {unknown}, for which ILGPU has no PTX.")
            : (
                new(
                    kernel.Name, compiled.Name, PtxText.Target(ptx), threads, minBlocks, PtxText.SharedBytes(ptx), kernel.Attribute.DynamicSharedBytes,
                    PtxText.Parameters(ptx), sourceHash),
                ptx);
    }
}
