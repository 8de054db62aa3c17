using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Tests.Cuda;

/// <summary>A CUDA backend with the families that exist so far; the others are null, and no case of theirs runs.</summary>
internal sealed class PartialBackend(CudaBackend backend) : IBackend
{
    /// <summary>The families that the CUDA backend has, by the names of its properties.</summary>
    public static IReadOnlySet<string> Families { get; } = typeof(CudaBackend).GetProperties().Where(p => p.PropertyType.IsInterface).Select(p => p.Name).ToHashSet();

    public string Name => backend.Name;

    public IElementwise Elementwise => Family<IElementwise>();

    public IMatMul MatMul => Family<IMatMul>();

    public IConv3d Conv3d => Family<IConv3d>();

    public IConvTranspose3d ConvTranspose3d => Family<IConvTranspose3d>();

    public ICausalConv1d CausalConv1d => Family<ICausalConv1d>();

    public IInstanceNorm InstanceNorm => Family<IInstanceNorm>();

    public ILayerNorm LayerNorm => Family<ILayerNorm>();

    public IHeadwiseLinear HeadwiseLinear => Family<IHeadwiseLinear>();

    public IMlstmScan MlstmScan => Family<IMlstmScan>();

    public IAttention Attention => Family<IAttention>();

    public IResample3d Resample3d => Family<IResample3d>();

    public IMovement Movement => Family<IMovement>();

    public IReduction Reduction => Family<IReduction>();

    public IDiceCe DiceCe => Family<IDiceCe>();

    public IAdamW AdamW => Family<IAdamW>();

    public DeviceBuffer Allocate(long bytes) => backend.Allocate(bytes);

    public long ScratchBytes(IGeometry geometry) => backend.ScratchBytes(geometry);

    public void Upload(ReadOnlySpan<float> source, View destination) => backend.Upload(source, destination);

    public void Upload(ReadOnlySpan<byte> source, U8View destination) => backend.Upload(source, destination);

    public void Upload(ReadOnlySpan<int> source, I32View destination) => backend.Upload(source, destination);

    public void Download(View source, Span<float> destination) => backend.Download(source, destination);

    public void Synchronize() => backend.Synchronize();

    public void Dispose() => backend.Dispose();

    private T Family<T>()
        where T : class => (T)typeof(CudaBackend).GetProperties().SingleOrDefault(p => p.PropertyType == typeof(T))?.GetValue(backend)!;
}
