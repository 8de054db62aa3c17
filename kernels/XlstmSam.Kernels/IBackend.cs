namespace XlstmSam.Kernels;

/// <summary>
/// One device: its memory and one kernel family per property. A new op is a new property here, so no backend builds without it.
/// Calls may run asynchronously in order; <see cref="Download"/> and <see cref="Synchronize"/> wait.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>The name the user types: <c>cpu</c>, <c>cuda:0</c>.</summary>
    string Name { get; }

    /// <summary>
    /// How this device stores the volumes of convolutions and of their norms at best. Kernels take the type from their views; those that no contract
    /// names may be <see cref="ElementType.BFloat16"/> are float32.
    /// </summary>
    ElementType VolumeType { get; }

    /// <summary>Whether kernels run; where they are only counted, nobody reads what is uploaded, and downloads give zeros.</summary>
    bool Computes => true;

    /// <summary>Names the module whose kernels follow, for a backend that counts.</summary>
    void Enter(string module)
    {
    }

    /// <summary>Memory whose contents are unspecified, aligned to at least 64 bytes.</summary>
    DeviceBuffer Allocate(long bytes);

    /// <summary>
    /// What this device holds at most for a kernel beside its operands, in bytes: what the kernel's family says
    /// (<see cref="IKernelFamily{TGeometry}.ScratchBytes"/>) and what any call may take. It is kept for the next call.
    /// </summary>
    long HeldScratchBytes(long familyBytes);

    /// <summary>Takes so much memory for what kernels need beside their operands at once, so that they need not find it in the middle of a run.</summary>
    void Reserve(long scratchBytes);

    /// <summary>Rounds to the destination's type. Returns when the source was read; kernels issued later see it.</summary>
    void Upload(ReadOnlySpan<float> source, View destination);

    void Upload(ReadOnlySpan<byte> source, U8View destination);

    void Upload(ReadOnlySpan<int> source, I32View destination);

    void Download(View source, Span<float> destination);

    void Synchronize();

    IElementwise Elementwise { get; }

    IMatMul MatMul { get; }

    IConv3d Conv3d { get; }

    IConvTranspose3d ConvTranspose3d { get; }

    ICausalConv1d CausalConv1d { get; }

    IInstanceNorm InstanceNorm { get; }

    ILayerNorm LayerNorm { get; }

    IHeadwiseLinear HeadwiseLinear { get; }

    IMlstmScan MlstmScan { get; }

    IAttention Attention { get; }

    IResample3d Resample3d { get; }

    IMovement Movement { get; }

    IReduction Reduction { get; }

    IDiceCe DiceCe { get; }

    IAdamW AdamW { get; }

    IClickSimulation ClickSimulation { get; }

    IPointEncoding PointEncoding { get; }

    IMaskOverlap MaskOverlap { get; }
}
