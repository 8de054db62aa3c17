using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Tests.Fixtures;

/// <summary>One float32 run of a fixture through the engine: hands out inputs and parameters, takes outputs, gives gradients in published order.</summary>
/// <param name="weights">Where parameters and cotangents are: the float64 file, which always has them.</param>
internal sealed class ParityPass(string name, ParityFile file, ParityFile weights, IBackend backend) : IDisposable
{
    private readonly Arena arena = Arena.Free(backend);
    private readonly Dictionary<string, (Tensor Tensor, int[] Order)> inputs = [];
    private readonly List<(string Name, Tensor Tensor, int[] Order)> outputs = [];
    private readonly Dictionary<string, float[]> values = [];
    private ParameterStore? adopted;
    private Tape? tape;

    public string Name => name;

    public ParityFile File => file;

    public ParityFile Weights => weights;

    public ParityOptions Options => weights.Options;

    public IBackend Backend => backend;

    public Tape Tape => tape ??= Tape.ForTraining(backend, arena);

    public ParameterStore Parameters => adopted ??= new();

    public ParameterScope Scope => Parameters.Root;

    /// <summary>Uses the store of a model that was built already; the pass then owns it.</summary>
    public void Adopt(ParameterStore store) => adopted = store;

    /// <summary>Fills the store from the fixture. The names must be the same on both sides, but for aliases of one storage.</summary>
    public void Load(bool materialize = true)
    {
        if (materialize)
        {
            Parameters.Materialize(backend, training: true);
        }

        foreach (var parameter in Parameters.All)
        {
            var stored = $"{(parameter.IsBuffer ? "buffer" : "param")}.{parameter.Name}";
            if (!weights.Has(stored) || !weights.Shape(stored).SequenceEqual(parameter.PublishedShape.ToArray()))
            {
                throw new InvalidDataException(
                    $"the module has '{parameter.Name}' {parameter.PublishedShape}, the fixture has " +
                    $"{(weights.Has(stored) ? $"({string.Join(", ", weights.Shape(stored))})" : "none")}");
            }

            ParameterStore.Write(backend, parameter, weights.Floats(stored));
        }

        var stray = weights.Below("param.")
            .Concat(weights.Below("buffer.")).FirstOrDefault(n => Parameters.Find(n) is null && !n.Contains(".all_modules.", StringComparison.Ordinal));
        if (stray is not null)
        {
            throw new InvalidDataException($"the fixture has '{stray}', the module does not");
        }
    }

    /// <summary>A parameter of the fixture's own shape, for ops that are not modules; null if it has none.</summary>
    public Tensor? Optional(string parameter, WeightLayout layout = WeightLayout.AsPublished)
    {
        if (!weights.Has($"param.{parameter}"))
        {
            return null;
        }

        var s = weights.Shape($"param.{parameter}");
        Shape ours = layout switch
        {
            WeightLayout.Conv3d => new(s[2], s[3], s[4], s[1], s[0]),
            WeightLayout.ConvTranspose3d => new(s[0], s[2], s[3], s[4], s[1]),
            WeightLayout.DepthwiseConv1d => new(s[2], s[0]),
            _ => new(s),
        };
        return Scope.Parameter(parameter, ours, Init.Zero, layout);
    }

    public Tensor Parameter(string parameter, WeightLayout layout = WeightLayout.AsPublished) =>
        Optional(parameter, layout) ?? throw new InvalidDataException($"the fixture has no 'param.{parameter}'");

    /// <summary>An input in our order of axes; it wants a gradient if the fixture has one.</summary>
    public Tensor Input(string input, int[]? order = null)
    {
        if (!inputs.TryGetValue(input, out var known))
        {
            var (shape, axes) = (file.Shape($"input.{input}"), order ?? ParityAxes.AsPublished);
            var ours = ParityAxes.Permute(file.Floats($"input.{input}"), shape, axes);
            known = (Tape.From(new(ParityAxes.Permute(shape, axes)), ours, weights.Has($"grad.input.{input}")), axes);
            inputs[input] = known;
        }

        return known.Tensor;
    }

    public int[] InputShape(string input) => file.Shape($"input.{input}");

    /// <summary>Takes a result in our order of axes; one that the fixture does not have is ignored.</summary>
    public void Output(string output, Tensor tensor, int[]? order = null)
    {
        if (file.Has($"output.{output}"))
        {
            outputs.Add((output, tensor, order ?? ParityAxes.AsPublished));
        }
    }

    /// <summary>Takes a result that no gradient flows through.</summary>
    public void Output(string output, float[] published) => values[output] = published;

    /// <summary>The results by name, in published order.</summary>
    public IReadOnlyDictionary<string, float[]> Outputs()
    {
        foreach (var (output, tensor, order) in outputs)
        {
            values[output] = Published(tensor.Data, file.Shape($"output.{output}"), order);
        }

        return values;
    }

    /// <summary>The gradients of Σ output · cotangent, as <c>input.*</c> and <c>param.*</c> in published order; an input that was not used has none.</summary>
    public IReadOnlyDictionary<string, float[]> Gradients()
    {
        foreach (var (output, tensor, order) in outputs)
        {
            var cotangent = $"cotangent.{output}";
            if (weights.Has(cotangent))
            {
                Tape.Seed(tensor, ParityAxes.Permute(weights.Floats(cotangent), weights.Shape(cotangent), order));
            }
        }

        Tape.Backward();
        var gradients = new Dictionary<string, float[]>();
        foreach (var (input, (tensor, order)) in inputs.Where(i => i.Value.Tensor.RequiresGrad))
        {
            gradients[$"input.{input}"] = Published(Tape.GradOf(tensor), file.Shape($"input.{input}"), order);
        }

        foreach (var parameter in Parameters.All.Where(p => !p.IsBuffer && Parameters.Gradients.Length > 0))
        {
            gradients[$"param.{parameter.Name}"] = ParameterStore.Read(backend, parameter, Parameters.Gradients);
        }

        return gradients;
    }

    public void Dispose()
    {
        arena.Dispose();
        adopted?.Dispose();
    }

    private float[] Published(View view, int[] shape, int[] order)
    {
        var ours = new float[view.Length];
        if (ours.Length > 0)
        {
            backend.Download(view, ours);
        }

        return ParityAxes.Permute(ours, ParityAxes.Permute(shape, order), ParityAxes.Inverse(order));
    }
}
