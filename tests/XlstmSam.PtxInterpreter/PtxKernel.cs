namespace XlstmSam.PtxInterpreter;

/// <summary>One entry of a module.</summary>
public sealed class PtxKernel
{
    private const int MostThreads = 1024;

    private readonly Program program;

    internal PtxKernel(Program program) => this.program = program;

    public string Name => program.Name;

    /// <summary>Bytes of the packed argument block.</summary>
    public int ParameterBytes => program.ParameterBytes;

    /// <summary>Bytes of shared memory it declares itself.</summary>
    public int StaticSharedBytes => program.StaticSharedBytes;

    /// <summary>Bytes of local memory of one thread.</summary>
    public int LocalBytes => program.LocalBytes;

    /// <summary>Runs all blocks of the grid, two or more at a time; what they compute does not depend on the order.</summary>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block, at most 1,024.</param>
    /// <param name="dynamicSharedBytes">Bytes behind the declared shared memory.</param>
    /// <param name="parameters">The arguments as the entry lays them out.</param>
    /// <param name="memory">What the kernel may touch.</param>
    /// <param name="workers">Blocks that run at once; 0 for one per processor.</param>
    /// <exception cref="PtxFault">An access out of bounds or misaligned, a parted warp at a collective, a deadlock, a division by zero.</exception>
    public LaunchReport Launch(
        Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters, GlobalMemory memory, int workers = 0)
    {
        Check(grid, block, dynamicSharedBytes, parameters.Length);
        var context = new LaunchContext(program, grid, block, dynamicSharedBytes, parameters.ToArray(), memory);
        var count = Math.Min(grid.Count, workers > 0 ? workers : Environment.ProcessorCount);
        return new Launch(context, count).Run();
    }

    private void Check(Dim3 grid, Dim3 block, int dynamicSharedBytes, int parameterBytes)
    {
        if (grid is not { X: > 0, Y: > 0, Z: > 0 } || block is not { X: > 0, Y: > 0, Z: > 0 } || block.Count > (program.MaxThreads ?? MostThreads))
        {
            throw new PtxFault(
                $"{Name}: grid {grid}, block {block}; expected at least one of each and at most {program.MaxThreads ?? MostThreads} threads in a block.");
        }

        if (parameterBytes != program.ParameterBytes || dynamicSharedBytes < 0)
        {
            throw new PtxFault(
                $"{Name}: {parameterBytes} bytes of arguments, {dynamicSharedBytes} of dynamic shared memory; expected {program.ParameterBytes} of arguments.");
        }
    }
}
