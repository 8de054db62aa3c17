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
    private readonly ProductCuda product;
    private readonly CudaPrecision precision;

    /// <param name="device">Disposed with the backend.</param>
    /// <param name="precision">Of matrix products, convolutions, attention and the mLSTM scan.</param>
    public CudaBackend(CudaDevice device, CudaPrecision precision = CudaPrecision.Float32)
    {
        this.device = device;
        VolumeType = precision == CudaPrecision.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;
        capture = new(device);
        allocator = new(device, capture);
        launcher = new(device, allocator);
        product = new(launcher, precision);
        this.precision = precision;
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

    public IElementwise Elementwise => field ??= new ElementwiseCuda(launcher);

    public IInstanceNorm InstanceNorm => field ??= new InstanceNormCuda(launcher);

    public ILayerNorm LayerNorm => field ??= new LayerNormCuda(launcher);

    public IReduction Reduction => field ??= new ReductionCuda(launcher);

    public IMovement Movement => field ??= new MovementCuda(launcher);

    public IDiceCe DiceCe => field ??= new DiceCeCuda(launcher);

    public IAdamW AdamW => field ??= new AdamWCuda(launcher);

    public IClickSimulation ClickSimulation => field ??= new ClickSimulationCuda(launcher);

    public IPointEncoding PointEncoding => field ??= new PointEncodingCuda(launcher);

    public IMaskOverlap MaskOverlap => field ??= new MaskOverlapCuda(launcher);

    public IResample3d Resample3d => field ??= new Resample3dCuda(launcher);

    public IHeadwiseLinear HeadwiseLinear => field ??= new HeadwiseLinearCuda(launcher);

    public ICausalConv1d CausalConv1d => field ??= new CausalConv1dCuda(launcher);

    public IAttention Attention => field ??= new AttentionCuda(launcher, precision);

    public IMlstmScan MlstmScan => field ??= new MlstmScanCuda(launcher, precision);

    public IMatMul MatMul => field ??= new MatMulCuda(product);

    public IConv3d Conv3d => field ??= new Conv3dCuda(launcher, product);

    public IConvTranspose3d ConvTranspose3d => field ??= new ConvTranspose3dCuda(launcher, product);

    public void Reserve(long scratchBytes) => launcher.Scratch.Reserve(scratchBytes);

    public long HeldScratchBytes(long familyBytes) => CudaScratch.Rounded(CudaScratch.PerCall + familyBytes);

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
