using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// One NVIDIA card of compute capability 8.0 or more. The kernels are PTX inside this assembly; the driver alone runs them. Calls return before
/// the work is done.
/// </summary>
public sealed class CudaBackend : IBackend, IKernelCapture
{
    private readonly CudaDevice device;
    private readonly CudaCapture capture;
    private readonly CachingAllocator allocator;
    private readonly Launcher launcher;

    /// <param name="device">Disposed with the backend.</param>
    /// <param name="precision">Of matrix products, convolutions, attention and the mLSTM scan.</param>
    public CudaBackend(CudaDevice device, CudaPrecision precision = CudaPrecision.Float32)
    {
        this.device = device;
        VolumeType = precision == CudaPrecision.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;
        capture = new(device);
        allocator = new(device, capture);
        launcher = new(device, allocator);
        Elementwise = new ElementwiseCuda(launcher);
        InstanceNorm = new InstanceNormCuda(launcher);
        LayerNorm = new LayerNormCuda(launcher);
        Reduction = new ReductionCuda(launcher);
        Movement = new MovementCuda(launcher);
        DiceCe = new DiceCeCuda(launcher);
        AdamW = new AdamWCuda(launcher);
        ClickSimulation = new ClickSimulationCuda(launcher);
        PointEncoding = new PointEncodingCuda(launcher);
        MaskOverlap = new MaskOverlapCuda(launcher);
        Resample3d = new Resample3dCuda(launcher);
        HeadwiseLinear = new HeadwiseLinearCuda(launcher);
        CausalConv1d = new CausalConv1dCuda(launcher);
        Attention = new AttentionCuda(launcher, precision);
        MlstmScan = new MlstmScanCuda(launcher, precision);
        var product = new ProductCuda(launcher, precision);
        MatMul = new MatMulCuda(product);
        Conv3d = new Conv3dCuda(launcher, product);
        ConvTranspose3d = new ConvTranspose3dCuda(launcher, product);
    }

    public string Name => device.Name;

    public ElementType VolumeType { get; }

    public CudaDevice Device => device;

    /// <summary>Device memory that is taken now, idle memory included.</summary>
    public long HeldBytes => allocator.HeldBytes;

    /// <summary>Device memory that was taken at most, idle memory included.</summary>
    public long PeakBytes => allocator.PeakBytes;

    /// <summary>How often the driver was asked for memory; constant in a steady state.</summary>
    public long DriverAllocations => allocator.DriverAllocations;

    public IElementwise Elementwise { get; }

    public IInstanceNorm InstanceNorm { get; }

    public ILayerNorm LayerNorm { get; }

    public IReduction Reduction { get; }

    public IMovement Movement { get; }

    public IDiceCe DiceCe { get; }

    public IAdamW AdamW { get; }

    public IClickSimulation ClickSimulation { get; }

    public IPointEncoding PointEncoding { get; }

    public IMaskOverlap MaskOverlap { get; }

    public IResample3d Resample3d { get; }

    public IHeadwiseLinear HeadwiseLinear { get; }

    public ICausalConv1d CausalConv1d { get; }

    public IAttention Attention { get; }

    public IMlstmScan MlstmScan { get; }

    public IMatMul MatMul { get; }

    public IConv3d Conv3d { get; }

    public IConvTranspose3d ConvTranspose3d { get; }

    public void Reserve(long scratchBytes) => launcher.Scratch.Reserve(scratchBytes);

    public long ScratchBytes(IGeometry geometry) => CudaScratch.Rounded(CudaScratch.PerCall + geometry switch
    {
        BinaryGeometry g => ElementwiseCuda.ScratchBytes(g),
        InstanceNormGeometry g => InstanceNormCuda.ScratchBytes(g),
        LayerNormGeometry g => LayerNormCuda.ScratchBytes(g),
        ReductionGeometry g => ReductionCuda.ScratchBytes(g),
        DiceCeGeometry g => DiceCeCuda.ScratchBytes(g),
        HeadwiseLinearGeometry g => HeadwiseLinearCuda.ScratchBytes(g),
        CausalConv1dGeometry g => CausalConv1dCuda.ScratchBytes(g),
        AttentionGeometry g => AttentionCuda.ScratchBytes(g),
        MlstmScanGeometry g => MlstmScanCuda.ScratchBytes(g),
        MatMulGeometry g => MatMulCuda.ScratchBytes(g),
        Conv3dGeometry g => Conv3dCuda.ScratchBytes(g),
        ConvTranspose3dGeometry g => ConvTranspose3dCuda.ScratchBytes(g),
        ClickGeometry g => ClickSimulationCuda.ScratchBytes(g),
        MaskOverlapGeometry g => MaskOverlapCuda.ScratchBytes(g),
        _ => 0,
    });

    public DeviceBuffer Allocate(long bytes) => allocator.Allocate(bytes);

    public void Upload(ReadOnlySpan<float> source, View destination)
    {
        if (destination.Type == ElementType.Float32)
        {
            Copy(MemoryMarshal.AsBytes(source), CudaBuffer.Address(destination), destination.ByteLength);
            return;
        }

        var rounded = new ushort[source.Length];
        for (var i = 0; i < rounded.Length; i++)
        {
            rounded[i] = BFloat16Bits.Of(source[i]);
        }

        Copy(MemoryMarshal.AsBytes(rounded.AsSpan()), CudaBuffer.Address(destination), destination.ByteLength);
    }

    public void Upload(ReadOnlySpan<byte> source, U8View destination) => Copy(source, CudaBuffer.Address(destination), destination.Length);

    public void Upload(ReadOnlySpan<int> source, I32View destination) => Copy(MemoryMarshal.AsBytes(source), CudaBuffer.Address(destination), destination.Length * sizeof(int));

    public void Download(View source, Span<float> destination)
    {
        capture.Refuse("A download");
        if (source.Length == 0)
        {
            return;
        }

        if (source.Type == ElementType.Float32)
        {
            device.CopyToHost(CudaBuffer.Address(source), MemoryMarshal.AsBytes(destination)[..checked((int)source.ByteLength)]);
            return;
        }

        var stored = new ushort[source.Length];
        device.CopyToHost(CudaBuffer.Address(source), MemoryMarshal.AsBytes(stored.AsSpan()));
        for (var i = 0; i < stored.Length; i++)
        {
            destination[i] = BFloat16Bits.ToSingle(stored[i]);
        }
    }

    public void Synchronize()
    {
        capture.Refuse("Waiting");
        device.Synchronize();
    }

    public CapturedKernels? Capture(Action issue) => capture.Capture(issue);

    public void Dispose()
    {
        launcher.Dispose();
        allocator.Dispose();
        device.Dispose();
    }

    private void Copy(ReadOnlySpan<byte> source, nint destination, long room)
    {
        capture.Refuse("An upload");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, room);
        if (source.Length > 0)
        {
            device.CopyToDevice(source, destination);
        }
    }
}
