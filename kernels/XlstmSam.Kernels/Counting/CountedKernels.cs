namespace XlstmSam.Kernels;

/// <summary>
/// Every family of kernels, counting its calls instead of computing. Each contract holds its own part: a call costs what the geometry says, where
/// that part does not say otherwise.
/// </summary>
/// <param name="real">Who would compute; it is asked how much memory its kernels need.</param>
/// <param name="ledger">Where the calls are written down.</param>
internal sealed partial class CountedKernels(IBackend real, TallyLedger ledger)
{
    private void Add<TGeometry>(string family, TallyPass pass, IKernelFamily<TGeometry> kernels, in TGeometry geometry)
        where TGeometry : struct, IGeometry => Add(family, pass, kernels, geometry, geometry.Flops, geometry.Bytes);

    private void Add<TGeometry>(string family, TallyPass pass, IKernelFamily<TGeometry> kernels, in TGeometry geometry, long flops, long bytes)
        where TGeometry : struct, IGeometry
    {
        ledger.Need(real.HeldScratchBytes(kernels.ScratchBytes(geometry)));
        ledger.Add(family, pass, flops, bytes);
    }

    // A fused backward: each wanted kind of gradient costs what forward costs.
    private void AddBackward<TGeometry>(string family, IKernelFamily<TGeometry> kernels, in TGeometry geometry, bool data, bool weight)
        where TGeometry : struct, IGeometry
    {
        if (data)
        {
            Add(family, TallyPass.BackwardData, kernels, geometry);
        }

        if (weight)
        {
            Add(family, TallyPass.BackwardWeight, kernels, geometry);
        }
    }
}
