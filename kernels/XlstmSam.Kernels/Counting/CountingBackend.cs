namespace XlstmSam.Kernels;

/// <summary>
/// A backend that computes nothing and counts everything: a pass run on it, with memory that is only planned, costs nothing and tells what the
/// real backend will be asked. Questions about sizes go to the real backend.
/// </summary>
public sealed class CountingBackend : DelegatingBackend
{
    private readonly TallyLedger ledger = new();
    private readonly CountedKernels kernels;

    /// <param name="real">The backend that would compute. It belongs to whoever made it.</param>
    public CountingBackend(IBackend real)
        : base(real) => kernels = new(real, ledger);

    /// <inheritdoc/>
    public override bool Computes => false;

    /// <summary>A buffer without memory, for plans.</summary>
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

    /// <summary>What the real kernels would take beside operands and workspaces: the most of any call, in bytes.</summary>
    public long LargestScratchBytes => ledger.LargestScratchBytes;

    /// <inheritdoc/>
    public override void Enter(string module) => Scope = module;

    /// <inheritdoc/>
    public override void Reserve(long scratchBytes)
    {
    }

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long bytes) => new NoMemory(bytes);

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<float> source, View destination)
    {
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, U8View destination)
    {
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<int> source, I32View destination)
    {
    }

    /// <summary>Gives zeros: code that looks at results must not let a plan depend on them.</summary>
    public override void Download(View source, Span<float> destination) => destination.Clear();

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    /// <inheritdoc/>
    protected override TFamily Wrap<TFamily>(TFamily family) => kernels as TFamily ?? throw new InvalidOperationException(
        $"CountingBackend: nothing counts the kernels of {typeof(TFamily).Name}; add a part of CountedKernels beside that contract.");

    private sealed class NoMemory(long bytes) : DeviceBuffer(bytes)
    {
        public override void Dispose()
        {
        }
    }
}
