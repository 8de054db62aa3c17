
namespace XlstmSam.Kernels.Cpu;

/// <summary>The processor: SIMD kernels on a pool of threads. Results do not depend on the number of threads.</summary>
public sealed unsafe class CpuBackend : IBackend
{
    private readonly WorkerPool pool;
    private readonly ConvMethod convolution;

    /// <param name="threads">0 takes every processor the process may use.</param>
    /// <param name="convolution">How convolutions are computed; the results differ in the last bits.</param>
    public CpuBackend(int threads = 0, ConvMethod convolution = ConvMethod.Auto)
    {
        this.convolution = convolution;
        pool = new(threads > 0 ? threads : Environment.ProcessorCount);
        Elementwise = new ElementwiseCpu(pool);
        MatMul = new MatMulCpu(pool);
        var norm = new InstanceNormCpu(pool);
        Conv3d = new Conv3dCpu(pool, convolution, norm);
        ConvTranspose3d = new ConvTranspose3dCpu(pool);
        CausalConv1d = new CausalConv1dCpu(pool);
        InstanceNorm = norm;
        LayerNorm = new LayerNormCpu(pool);
        HeadwiseLinear = new HeadwiseLinearCpu(pool);
        MlstmScan = new MlstmScanCpu(pool);
        Attention = new AttentionCpu(pool);
        Resample3d = new Resample3dCpu(pool);
        Movement = new MovementCpu(pool);
        Reduction = new ReductionCpu(pool);
        DiceCe = new DiceCeCpu(pool);
        AdamW = new AdamWCpu(pool);
        ClickSimulation = new ClickSimulationCpu(pool);
        PointEncoding = new PointEncodingCpu(pool);
        MaskOverlap = new MaskOverlapCpu(pool);
    }

    public string Name => "cpu";

    public ElementType VolumeType => ElementType.Float32;

    public int Threads => pool.Threads;

    public IElementwise Elementwise { get; }

    public IMatMul MatMul { get; }

    public IConv3d Conv3d { get; }

    public IConvTranspose3d ConvTranspose3d { get; }

    public ICausalConv1d CausalConv1d { get; }

    public IInstanceNorm InstanceNorm { get; }

    public ILayerNorm LayerNorm { get; }

    public IHeadwiseLinear HeadwiseLinear { get; }

    public IMlstmScan MlstmScan { get; }

    public IAttention Attention { get; }

    public IResample3d Resample3d { get; }

    public IMovement Movement { get; }

    public IReduction Reduction { get; }

    public IDiceCe DiceCe { get; }

    public IAdamW AdamW { get; }

    public IClickSimulation ClickSimulation { get; }

    public IPointEncoding PointEncoding { get; }

    public IMaskOverlap MaskOverlap { get; }

    /// <summary>Bytes that kernels borrowed so far and keep for later calls.</summary>
    public long ScratchHeldBytes => pool.Scratch.HeldBytes;

    public long ScratchBytes(IGeometry geometry) => ScratchNeeds.Of(geometry, pool.Threads, convolution);

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
