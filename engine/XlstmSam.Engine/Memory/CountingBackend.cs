using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// A backend that computes nothing and counts everything: a pass run on it, in a planning arena, costs no memory and tells what the real
/// backend will be asked. Questions about workspaces go to the real backend.
/// </summary>
public sealed class CountingBackend : IBackend
{
    private readonly IBackend real;
    private readonly TallyLedger ledger;

    public CountingBackend(IBackend real)
    {
        this.real = real;
        ledger = new(real);
        Elementwise = new ElementwiseTally(ledger);
        MatMul = new MatMulTally(ledger);
        Conv3d = new Conv3dTally(ledger, real.Conv3d);
        ConvTranspose3d = new ConvTranspose3dTally(ledger, real.ConvTranspose3d);
        CausalConv1d = new CausalConv1dTally(ledger);
        InstanceNorm = new InstanceNormTally(ledger);
        LayerNorm = new LayerNormTally(ledger);
        HeadwiseLinear = new HeadwiseLinearTally(ledger);
        MlstmScan = new MlstmScanTally(ledger, real.MlstmScan);
        Attention = new AttentionTally(ledger);
        Resample3d = new Resample3dTally(ledger);
        Movement = new MovementTally(ledger);
        Reduction = new ReductionTally(ledger);
        DiceCe = new DiceCeTally(ledger);
        AdamW = new AdamWTally(ledger);
        ClickSimulation = new ClickSimulationTally(ledger);
        PointEncoding = new PointEncodingTally(ledger);
        MaskOverlap = new MaskOverlapTally(ledger);
    }

    public string Name => real.Name;

    public ElementType VolumeType => real.VolumeType;

    /// <summary>A buffer without memory, for <see cref="Arena.Planning"/>.</summary>
    public DeviceBuffer Nowhere { get; } = new NoMemory(0);

    /// <summary>A label that the following calls carry: the layer being run.</summary>
    public string? Scope
    {
        get => ledger.Scope;
        set => ledger.Scope = value;
    }

    /// <summary>Every call in order.</summary>
    public IReadOnlyList<TallyEntry> Log => ledger.Entries;

    /// <summary>Totals per op and pass, most flops first.</summary>
    public IReadOnlyList<TallyRow> Rows => ledger.Rows();

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

    /// <summary>What the real kernels would take beside operands and workspaces: the most of any call.</summary>
    public long LargestScratchBytes => ledger.LargestScratchBytes;

    public long ScratchBytes(IGeometry geometry) => real.ScratchBytes(geometry);

    public void Reserve(long scratchBytes)
    {
    }

    public DeviceBuffer Allocate(long bytes) => new NoMemory(bytes);

    public void Upload(ReadOnlySpan<float> source, View destination)
    {
    }

    public void Upload(ReadOnlySpan<byte> source, U8View destination)
    {
    }

    public void Upload(ReadOnlySpan<int> source, I32View destination)
    {
    }

    /// <summary>Gives zeros: code that looks at results must not let a plan depend on them.</summary>
    public void Download(View source, Span<float> destination) => destination.Clear();

    public void Synchronize()
    {
    }

    /// <summary>The real backend belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private sealed class NoMemory(long bytes) : DeviceBuffer(bytes)
    {
        public override void Dispose()
        {
        }
    }
}
