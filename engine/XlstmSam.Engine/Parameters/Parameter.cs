namespace XlstmSam.Engine;

/// <summary>One named array of a model: a weight that is trained, or a buffer that is only saved.</summary>
public sealed class Parameter
{
    internal Parameter(string name, Shape shape, WeightLayout layout, Init init, bool isBuffer, long offset, ParameterStorage storage)
    {
        (Name, Shape, Layout, Init, IsBuffer, Offset) = (name, shape, layout, init, isBuffer, offset);
        Storage = storage;
        Tensor = new(shape, storage, 0);
    }

    /// <summary>The published state_dict name.</summary>
    public string Name { get; }

    public Shape Shape { get; }

    public WeightLayout Layout { get; }

    public Shape PublishedShape => WeightLayouts.Published(Layout, Shape);

    public Init Init { get; }

    public bool IsBuffer { get; }

    public Tensor Tensor { get; }

    /// <summary>First element within the slabs.</summary>
    public long Offset { get; }

    /// <summary>True if a gradient reached it since <see cref="ParameterStore.ZeroGradients"/>: only then does the optimiser touch it.</summary>
    public bool ReceivedGradient => Storage.HasGradient;

    internal ParameterStorage Storage { get; }
}
