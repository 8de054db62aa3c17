namespace XlstmSam.Kernels;

/// <summary>A backend that hands everything on to another one; what a derived class overrides is all that differs.</summary>
/// <param name="inner">Who does the work. It belongs to whoever made it and is not disposed.</param>
public abstract class DelegatingBackend(IBackend inner) : IBackend
{
    public string Name => inner.Name;

    public virtual ElementType VolumeType => inner.VolumeType;

    public virtual bool Computes => inner.Computes;

    public IElementwise Elementwise => Wrap(inner.Elementwise);

    public IMatMul MatMul => Wrap(inner.MatMul);

    public IConv3d Conv3d => Wrap(inner.Conv3d);

    public IConvTranspose3d ConvTranspose3d => Wrap(inner.ConvTranspose3d);

    public ICausalConv1d CausalConv1d => Wrap(inner.CausalConv1d);

    public IInstanceNorm InstanceNorm => Wrap(inner.InstanceNorm);

    public ILayerNorm LayerNorm => Wrap(inner.LayerNorm);

    public IHeadwiseLinear HeadwiseLinear => Wrap(inner.HeadwiseLinear);

    public IMlstmScan MlstmScan => Wrap(inner.MlstmScan);

    public IAttention Attention => Wrap(inner.Attention);

    public IResample3d Resample3d => Wrap(inner.Resample3d);

    public IMovement Movement => Wrap(inner.Movement);

    public IReduction Reduction => Wrap(inner.Reduction);

    public IDiceCe DiceCe => Wrap(inner.DiceCe);

    public IAdamW AdamW => Wrap(inner.AdamW);

    public IClickSimulation ClickSimulation => Wrap(inner.ClickSimulation);

    public IPointEncoding PointEncoding => Wrap(inner.PointEncoding);

    public IMaskOverlap MaskOverlap => Wrap(inner.MaskOverlap);

    public virtual long HeldScratchBytes(long familyBytes) => inner.HeldScratchBytes(familyBytes);

    public virtual void Reserve(long scratchBytes) => inner.Reserve(scratchBytes);

    public virtual DeviceBuffer Allocate(long bytes) => inner.Allocate(bytes);

    public virtual void Enter(string module) => inner.Enter(module);

    public virtual void Upload(ReadOnlySpan<float> source, View destination) => inner.Upload(source, destination);

    public virtual void Upload(ReadOnlySpan<byte> source, U8View destination) => inner.Upload(source, destination);

    public virtual void Upload(ReadOnlySpan<int> source, I32View destination) => inner.Upload(source, destination);

    public virtual void Download(View source, Span<float> destination) => inner.Download(source, destination);

    public virtual void Synchronize() => inner.Synchronize();

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
