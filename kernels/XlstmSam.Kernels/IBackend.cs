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
    /// The smallest type in which this device stores the volumes of convolutions and of the norms behind them. A kernel takes the type from its views.
    /// Only operands whose contract says so may be <see cref="ElementType.BFloat16"/>; all others are float32.
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

    /// <summary>Returns when the source was read; kernels issued later see it.</summary>
    void Upload(ReadOnlySpan<byte> source, U8View destination);

    /// <summary>Returns when the source was read; kernels issued later see it.</summary>
    void Upload(ReadOnlySpan<int> source, I32View destination);

    /// <summary>Waits for the kernels before it, then copies; values stored in fewer bits become floats.</summary>
    void Download(View source, Span<float> destination);

    /// <summary>Waits until everything issued so far is done.</summary>
    void Synchronize();

    /// <summary>Formulas element by element.</summary>
    IElementwise Elementwise { get; }

    /// <summary>Batched matrix products.</summary>
    IMatMul MatMul { get; }

    /// <summary>Convolutions of volumes.</summary>
    IConv3d Conv3d { get; }

    /// <summary>Convolutions that enlarge volumes.</summary>
    IConvTranspose3d ConvTranspose3d { get; }

    /// <summary>Depthwise convolutions over tokens.</summary>
    ICausalConv1d CausalConv1d { get; }

    /// <summary>Norms of each channel over the voxels.</summary>
    IInstanceNorm InstanceNorm { get; }

    /// <summary>Norms of each token over its channels.</summary>
    ILayerNorm LayerNorm { get; }

    /// <summary>Block-diagonal linear maps.</summary>
    IHeadwiseLinear HeadwiseLinear { get; }

    /// <summary>The mLSTM cell over sequences.</summary>
    IMlstmScan MlstmScan { get; }

    /// <summary>Softmax attention.</summary>
    IAttention Attention { get; }

    /// <summary>Resizes of volumes.</summary>
    IResample3d Resample3d { get; }

    /// <summary>Copies without arithmetic.</summary>
    IMovement Movement { get; }

    /// <summary>Sums, maxima and scans along an axis.</summary>
    IReduction Reduction { get; }

    /// <summary>The segmentation loss.</summary>
    IDiceCe DiceCe { get; }

    /// <summary>The optimiser's update.</summary>
    IAdamW AdamW { get; }

    /// <summary>Where a simulated user clicks next.</summary>
    IClickSimulation ClickSimulation { get; }

    /// <summary>Clicks and boxes as tokens.</summary>
    IPointEncoding PointEncoding { get; }

    /// <summary>How far masks agree, for scores.</summary>
    IMaskOverlap MaskOverlap { get; }
}
