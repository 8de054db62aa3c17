namespace XlstmSam.Kernels;

/// <summary>A backend that hands everything on to another one; what a derived class overrides is all that differs.</summary>
/// <param name="inner">Who does the work. It belongs to whoever made it and is not disposed.</param>
public abstract class DelegatingBackend(IBackend inner) : IBackend
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public virtual ElementType VolumeType => inner.VolumeType;

    /// <inheritdoc/>
    public virtual bool Computes => inner.Computes;

    /// <inheritdoc/>
    public IElementwise Elementwise => Wrap(inner.Elementwise);

    /// <inheritdoc/>
    public IMatMul MatMul => Wrap(inner.MatMul);

    /// <inheritdoc/>
    public IConv3d Conv3d => Wrap(inner.Conv3d);

    /// <inheritdoc/>
    public IConvTranspose3d ConvTranspose3d => Wrap(inner.ConvTranspose3d);

    /// <inheritdoc/>
    public ICausalConv1d CausalConv1d => Wrap(inner.CausalConv1d);

    /// <inheritdoc/>
    public IInstanceNorm InstanceNorm => Wrap(inner.InstanceNorm);

    /// <inheritdoc/>
    public ILayerNorm LayerNorm => Wrap(inner.LayerNorm);

    /// <inheritdoc/>
    public IHeadwiseLinear HeadwiseLinear => Wrap(inner.HeadwiseLinear);

    /// <inheritdoc/>
    public IMlstmScan MlstmScan => Wrap(inner.MlstmScan);

    /// <inheritdoc/>
    public IAttention Attention => Wrap(inner.Attention);

    /// <inheritdoc/>
    public IResample3d Resample3d => Wrap(inner.Resample3d);

    /// <inheritdoc/>
    public IMovement Movement => Wrap(inner.Movement);

    /// <inheritdoc/>
    public IReduction Reduction => Wrap(inner.Reduction);

    /// <inheritdoc/>
    public IDiceCe DiceCe => Wrap(inner.DiceCe);

    /// <inheritdoc/>
    public IAdamW AdamW => Wrap(inner.AdamW);

    /// <inheritdoc/>
    public IClickSimulation ClickSimulation => Wrap(inner.ClickSimulation);

    /// <inheritdoc/>
    public IPointEncoding PointEncoding => Wrap(inner.PointEncoding);

    /// <inheritdoc/>
    public IMaskOverlap MaskOverlap => Wrap(inner.MaskOverlap);

    /// <inheritdoc/>
    public virtual long HeldScratchBytes(long familyBytes) => inner.HeldScratchBytes(familyBytes);

    /// <inheritdoc/>
    public virtual void Reserve(long scratchBytes) => inner.Reserve(scratchBytes);

    /// <inheritdoc/>
    public virtual DeviceBuffer Allocate(long bytes) => inner.Allocate(bytes);

    /// <inheritdoc/>
    public virtual void Enter(string module) => inner.Enter(module);

    /// <inheritdoc/>
    public virtual void Upload(ReadOnlySpan<float> source, View destination) => inner.Upload(source, destination);

    /// <inheritdoc/>
    public virtual void Upload(ReadOnlySpan<byte> source, U8View destination) => inner.Upload(source, destination);

    /// <inheritdoc/>
    public virtual void Upload(ReadOnlySpan<int> source, I32View destination) => inner.Upload(source, destination);

    /// <inheritdoc/>
    public virtual void Download(View source, Span<float> destination) => inner.Download(source, destination);

    /// <inheritdoc/>
    public virtual void Synchronize() => inner.Synchronize();

    /// <inheritdoc/>
    public void Dispose()
    {
        // The inner backend is not this one's.
        GC.SuppressFinalize(this);
    }

    /// <summary>What callers get for a family of the inner backend: the family itself, or something in front of it.</summary>
    /// <typeparam name="TFamily">The contract of the family.</typeparam>
    protected virtual TFamily Wrap<TFamily>(TFamily family)
        where TFamily : class => family;
}
