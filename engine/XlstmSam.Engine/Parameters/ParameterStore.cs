using System.Buffers;
using XlstmSam.Engine.Streams;
using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// All parameters of a model in slabs: values, gradients and the optimiser's two moments, in order of construction. The optimiser and the
/// gradient norm are a call per contiguous run. Build the model on <see cref="Root"/>, then <see cref="Materialize"/>.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    // Every parameter starts on a cache line. The gaps between are zero in every slab, so a sum over a whole slab may read them.
    private const long AlignedElements = MemoryPlan.Alignment / sizeof(float);
    private readonly List<Parameter> parameters = [];
    private readonly Dictionary<string, Parameter> byName = new(StringComparer.Ordinal);
    private readonly List<DeviceBuffer> slabs = [];
    private long length;

    public ParameterScope Root => new(this, string.Empty);

    public IReadOnlyList<Parameter> All => parameters;

    /// <summary>The number of trainable values.</summary>
    public long Count => parameters.Where(p => !p.IsBuffer).Sum(p => p.Shape.Length);

    public View Values { get; private set; }

    public View Gradients { get; private set; }

    /// <summary>(1): where the optimiser has the sum of the squares of all gradients.</summary>
    public View GradientSquares { get; private set; }

    public View FirstMoment { get; private set; }

    public View SecondMoment { get; private set; }

    public Parameter? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Allocates the slabs; with <paramref name="training"/> also gradients and moments, all zero.</summary>
    public void Materialize(IBackend backend, bool training)
    {
        Values = Slab(backend, length);
        if (training)
        {
            (Gradients, FirstMoment, SecondMoment) = (Slab(backend, length), Slab(backend, length), Slab(backend, length));
            GradientSquares = Slab(backend, 1);
        }

        foreach (var parameter in parameters)
        {
            parameter.Storage.Data.Bind(Values.Buffer!, parameter.Offset * sizeof(float));
            if (training)
            {
                parameter.Storage.Gradients.Bind(Gradients.Buffer!, parameter.Offset * sizeof(float));
            }
        }
    }

    /// <summary>Draws every parameter anew from <paramref name="seed"/>.</summary>
    public void Initialize(IBackend backend, ulong seed)
    {
        foreach (var parameter in parameters)
        {
            Initialize(backend, seed, parameter);
        }
    }

    public static void Initialize(IBackend backend, ulong seed, Parameter parameter)
    {
        var published = new float[parameter.Shape.Length];
        parameter.Init.Fill(published, RandomStream.Create(seed, StreamPurpose.Init, caseIndex: StableHash(parameter.Name)));
        Write(backend, parameter, published);
    }

    /// <summary>Sets a parameter from values in the published order.</summary>
    public static void Write(IBackend backend, Parameter parameter, ReadOnlySpan<float> published)
    {
        var values = new float[published.Length];
        WeightLayouts.FromPublished(parameter.Layout, parameter.Shape, published, values);
        backend.Upload(values, parameter.Tensor.Data);
    }

    /// <summary>A parameter's values in the published order.</summary>
    public static float[] Read(IBackend backend, Parameter parameter) => Published(backend, parameter, parameter.Tensor.Data);

    /// <summary>A parameter's share of a slab (a moment, a gradient) in the published order.</summary>
    public static float[] Read(IBackend backend, Parameter parameter, View slab) =>
        Published(backend, parameter, slab.Slice(parameter.Offset, parameter.Shape.Length));

    public void ZeroGradients(IBackend backend)
    {
        backend.Elementwise.Fill(Gradients, 0);
        foreach (var parameter in parameters)
        {
            parameter.Storage.Forget();
        }
    }

    /// <summary>The slab ranges of adjacent parameters that received a gradient and share a <paramref name="group"/>.</summary>
    public IEnumerable<(TGroup Group, long Start, long Length)> Runs<TGroup>(Func<Parameter, TGroup> group)
        where TGroup : IEquatable<TGroup>
    {
        var at = 0;
        while (at < parameters.Count)
        {
            var first = parameters[at++];
            if (first.IsBuffer || !first.ReceivedGradient)
            {
                continue;
            }

            var (key, end) = (group(first), first.Offset + first.Shape.Length);
            for (; at < parameters.Count && !parameters[at].IsBuffer && parameters[at].ReceivedGradient && group(parameters[at]).Equals(key); at++)
            {
                end = parameters[at].Offset + parameters[at].Shape.Length;
            }

            yield return (key, first.Offset, end - first.Offset);
        }
    }

    public void Dispose()
    {
        foreach (var slab in slabs)
        {
            slab.Dispose();
        }

        slabs.Clear();
    }

    internal Tensor Add(string name, Shape shape, WeightLayout layout, Init init, bool isBuffer)
    {
        var storage = new ParameterStorage(Block.Persistent(shape.Length * sizeof(float)), Block.Persistent(shape.Length * sizeof(float)), !isBuffer);
        var parameter = new Parameter(name, shape, layout, init, isBuffer, length, storage);
        if (!byName.TryAdd(name, parameter))
        {
            throw new ArgumentException($"ParameterStore: '{name}' exists already.");
        }

        parameters.Add(parameter);
        length += (shape.Length + AlignedElements - 1) / AlignedElements * AlignedElements;
        return parameter.Tensor;
    }

    private static float[] Published(IBackend backend, Parameter parameter, View view)
    {
        var published = new float[parameter.Shape.Length];
        var values = ArrayPool<float>.Shared.Rent(published.Length);
        backend.Download(view, values.AsSpan(0, published.Length));
        WeightLayouts.ToPublished(parameter.Layout, parameter.Shape, values.AsSpan(0, published.Length), published);
        ArrayPool<float>.Shared.Return(values);
        return published;
    }

    private static long StableHash(string name)
    {
        // FNV-1a, so that a parameter's stream depends on its name and not on the order of construction.
        var hash = 14695981039346656037UL;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return (long)hash;
    }

    private View Slab(IBackend backend, long elements)
    {
        var slab = backend.Allocate(elements * sizeof(float));
        slabs.Add(slab);
        var view = new View(slab, 0, elements);
        backend.Elementwise.Fill(view, 0);
        return view;
    }
}
