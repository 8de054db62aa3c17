using XlstmSam.Kernels;

namespace XlstmSam.Tests.Training;

/// <summary>A backend that counts how often values pass between host and device.</summary>
internal sealed class TransferProbe(IBackend backend) : IBackend
{
    public int Uploads { get; private set; }

    public int Downloads { get; private set; }

    public string Name => backend.Name;

    public ElementType VolumeType => backend.VolumeType;

    public IElementwise Elementwise => backend.Elementwise;

    public IMatMul MatMul => backend.MatMul;

    public IConv3d Conv3d => backend.Conv3d;

    public IConvTranspose3d ConvTranspose3d => backend.ConvTranspose3d;

    public ICausalConv1d CausalConv1d => backend.CausalConv1d;

    public IInstanceNorm InstanceNorm => backend.InstanceNorm;

    public ILayerNorm LayerNorm => backend.LayerNorm;

    public IHeadwiseLinear HeadwiseLinear => backend.HeadwiseLinear;

    public IMlstmScan MlstmScan => backend.MlstmScan;

    public IAttention Attention => backend.Attention;

    public IResample3d Resample3d => backend.Resample3d;

    public IMovement Movement => backend.Movement;

    public IReduction Reduction => backend.Reduction;

    public IDiceCe DiceCe => backend.DiceCe;

    public IAdamW AdamW => backend.AdamW;

    public IClickSimulation ClickSimulation => backend.ClickSimulation;

    public IPointEncoding PointEncoding => backend.PointEncoding;

    public IMaskOverlap MaskOverlap => backend.MaskOverlap;

    public DeviceBuffer Allocate(long bytes) => backend.Allocate(bytes);

    public void Reserve(long scratchBytes) => backend.Reserve(scratchBytes);

    public long ScratchBytes(IGeometry geometry) => backend.ScratchBytes(geometry);

    public void Upload(ReadOnlySpan<float> source, View destination)
    {
        Uploads++;
        backend.Upload(source, destination);
    }

    public void Upload(ReadOnlySpan<byte> source, U8View destination)
    {
        Uploads++;
        backend.Upload(source, destination);
    }

    public void Upload(ReadOnlySpan<int> source, I32View destination)
    {
        Uploads++;
        backend.Upload(source, destination);
    }

    public void Download(View source, Span<float> destination)
    {
        Downloads++;
        backend.Download(source, destination);
    }

    public void Synchronize() => backend.Synchronize();

    public void Dispose()
    {
    }
}
