namespace XlstmSam.Engine;

/// <summary>A dotted path into a store. Layers ask it for what they need.</summary>
public readonly record struct ParameterScope(ParameterStore Store, string Path)
{
    public ParameterScope this[string name] => new(Store, Join(name));

    public ParameterScope this[int index] => this[index.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    public Tensor Parameter(string name, Shape shape, Init init, WeightLayout layout = WeightLayout.AsPublished) =>
        Store.Add(Join(name), shape, layout, init, isBuffer: false);

    /// <summary>An array that is saved and never trained.</summary>
    public Tensor Buffer(string name, Shape shape, Init init) => Store.Add(Join(name), shape, WeightLayout.AsPublished, init, isBuffer: true);

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
