
namespace XlstmSam.Kernels.Cpu;

/// <summary>The processor: SIMD kernels on a pool of threads. Results do not depend on the number of threads.</summary>
public sealed unsafe class CpuBackend : IBackend
{
    // Sums per column and block, and the cuts of long products: less for any shape of the networks here.
    private const long CommonScratch = 4 << 20;

    // Panels, halos and tiles of one ticket.
    private const long ScratchPerThread = 2 << 20;

    private readonly WorkerPool pool;
    private readonly ConvMethod convolution;

    /// <param name="threads">0 takes every processor the process may use.</param>
    /// <param name="convolution">How convolutions are computed; the results differ in the last bits.</param>
    public CpuBackend(int threads = 0, ConvMethod convolution = ConvMethod.Auto)
    {
        this.convolution = convolution;
        pool = new(threads > 0 ? threads : Environment.ProcessorCount);
    }

    public string Name => "cpu";

    public ElementType VolumeType => ElementType.Float32;

    public int Threads => pool.Threads;

    public IElementwise Elementwise => field ??= new ElementwiseCpu(pool);

    public IMatMul MatMul => field ??= new MatMulCpu(pool);

    public IConv3d Conv3d => field ??= new Conv3dCpu(pool, convolution);

    public IConvTranspose3d ConvTranspose3d => field ??= new ConvTranspose3dCpu(pool);

    public ICausalConv1d CausalConv1d => field ??= new CausalConv1dCpu(pool);

    public IInstanceNorm InstanceNorm => field ??= new InstanceNormCpu(pool);

    public ILayerNorm LayerNorm => field ??= new LayerNormCpu(pool);

    public IHeadwiseLinear HeadwiseLinear => field ??= new HeadwiseLinearCpu(pool);

    public IMlstmScan MlstmScan => field ??= new MlstmScanCpu(pool);

    public IAttention Attention => field ??= new AttentionCpu(pool);

    public IResample3d Resample3d => field ??= new Resample3dCpu(pool);

    public IMovement Movement => field ??= new MovementCpu(pool);

    public IReduction Reduction => field ??= new ReductionCpu(pool);

    public IDiceCe DiceCe => field ??= new DiceCeCpu(pool);

    public IAdamW AdamW => field ??= new AdamWCpu(pool);

    public IClickSimulation ClickSimulation => field ??= new ClickSimulationCpu(pool);

    public IPointEncoding PointEncoding => field ??= new PointEncodingCpu(pool);

    public IMaskOverlap MaskOverlap => field ??= new MaskOverlapCpu(pool);

    /// <summary>Bytes that kernels borrowed so far and keep for later calls.</summary>
    public long ScratchHeldBytes => pool.Scratch.HeldBytes;

    public long HeldScratchBytes(long familyBytes)
    {
        var exact = familyBytes + CommonScratch + (pool.Threads * ScratchPerThread);
        return exact + (exact / 8); // what Scratch.Rounded may add
    }

    /// <summary>Each thread takes its own when it needs it.</summary>
    public void Reserve(long scratchBytes)
    {
    }

    public DeviceBuffer Allocate(long bytes) => new CpuBuffer(bytes);

    public void Upload(ReadOnlySpan<float> source, View destination) => source.CopyTo(new Span<float>(CpuBuffer.Floats(destination), checked((int)destination.Length)));

    public void Upload(ReadOnlySpan<byte> source, U8View destination) => source.CopyTo(new Span<byte>(CpuBuffer.Bytes8(destination), checked((int)destination.Length)));

    public void Upload(ReadOnlySpan<int> source, I32View destination) => source.CopyTo(new Span<int>(CpuBuffer.Rows32(destination), checked((int)destination.Length)));

    public void Download(View source, Span<float> destination) => new ReadOnlySpan<float>(CpuBuffer.Floats(source), checked((int)source.Length)).CopyTo(destination);

    public void Synchronize()
    {
    }

    public void Dispose() => pool.Dispose();
}
