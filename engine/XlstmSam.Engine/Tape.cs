using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The ops of one pass in the order in which they ran. Backward walks them once in reverse; there is no graph to search.</summary>
public sealed class Tape
{
    private readonly List<(Tensor Output, Pullback Pullback)> records = [];
    private readonly bool taping;

    private Tape(IBackend backend, Arena arena, bool taping) => (Backend, Arena, this.taping) = (backend, arena, taping);

    public IBackend Backend { get; }

    public Arena Arena { get; }

    public bool IsTaping => taping;

    public static Tape ForTraining(IBackend backend, Arena arena) => new(backend, arena, true);

    /// <summary>Keeps no op, so every activation is freed after its last use. The model code is the same.</summary>
    public static Tape ForInference(IBackend backend, Arena arena) => new(backend, arena, false);

    public Tensor Empty(Shape shape, bool requiresGrad, ElementType type = ElementType.Float32) =>
        new(shape, new(Rent(shape.Length, type), requiresGrad && taping, type), 0);

    /// <summary>An output whose values backward makes again with <paramref name="again"/>, so that they are kept only as long as forward needs them.</summary>
    internal Tensor Transient(Shape shape, ElementType type, Func<Tape, Block> again) => new(shape, new(Rent(shape.Length, type), true, type, again), 0);

    /// <summary>A tensor in memory that was rented for something else.</summary>
    internal static Tensor Within(Block memory, Shape shape, ElementType type) => new(shape, new(memory, requiresGrad: false, type), 0);

    /// <summary>A leaf filled from host memory.</summary>
    public Tensor From(Shape shape, ReadOnlySpan<float> values, bool requiresGrad = false)
    {
        var tensor = Empty(shape, requiresGrad);
        Backend.Upload(values, tensor.Data);
        return tensor;
    }

    public Tensor Zeros(Shape shape)
    {
        var tensor = Empty(shape, requiresGrad: false);
        Backend.Elementwise.Fill(tensor.Data, 0);
        return tensor;
    }

    /// <summary>Statistics and workspaces: memory without a gradient, in elements.</summary>
    public Block Rent(long length, ElementType type = ElementType.Float32) => Arena.Rent(length * type.Bytes());

    /// <summary>A workspace that may be absent: None for length 0.</summary>
    public View Workspace(long length) => length == 0 ? View.None : Rent(length).View;

    public Block Labels(ReadOnlySpan<byte> values)
    {
        var block = Arena.Rent(values.Length);
        Backend.Upload(values, block.Bytes8);
        return block;
    }

    public Block Indices(ReadOnlySpan<int> values)
    {
        var block = Arena.Rent(values.Length * (long)sizeof(int));
        Backend.Upload(values, block.Rows32);
        return block;
    }

    /// <summary>The values of a tensor once everything before is done.</summary>
    public float[] Download(Tensor tensor)
    {
        var values = GC.AllocateUninitializedArray<float>(checked((int)tensor.Shape.Length));
        Backend.Download(tensor.Data, values);
        return values;
    }

    /// <summary>Names the module whose ops follow, for whoever counts them.</summary>
    public void Enter(string module) => Backend.Enter(module);

    public Tensor Record(Tensor output, Pullback pullback)
    {
        if (output.RequiresGrad)
        {
            records.Add((output, pullback));
        }

        Arena.Advance();
        return output;
    }

    /// <summary>Where the gradient of a tensor accumulates; None if no gradient is wanted.</summary>
    public View GradOf(Tensor? tensor) => tensor is { RequiresGrad: true } ? tensor.Gradient(this) : View.None;

    /// <summary>The values of a tensor in backward: as kept, or made again.</summary>
    internal View ValuesOf(Tensor tensor) => tensor.Values(this);

    /// <summary>
    /// Where the gradient of an operand of an elementwise op goes. If the operand has no gradient yet, it takes over the memory of the output's gradient:
    /// each element is read before the one in its place is written.
    /// </summary>
    internal View GradInPlace(Tensor? operand, Tensor output)
    {
        if (operand is { RequiresGrad: true })
        {
            operand.TryAdoptGradient(output);
        }

        return GradOf(operand);
    }

    /// <summary>Sets the gradient of an output before <see cref="Backward()"/>.</summary>
    public void Seed(Tensor output, ReadOnlySpan<float> cotangent)
    {
        Arena.Advance();
        var gradient = GradOf(output);
        if (!gradient.IsNone)
        {
            var block = Rent(cotangent.Length);
            Backend.Upload(cotangent, block.View);
            Backend.Elementwise.AddScaled(block.View, 1, gradient);
        }
    }

    /// <summary>The gradient of the sum of all losses, times <paramref name="scale"/>.</summary>
    public void Backward(IReadOnlyList<Tensor> losses, float scale = 1)
    {
        Arena.Advance();
        foreach (var seed in losses.Select(GradOf).Where(gradient => !gradient.IsNone))
        {
            Backend.Elementwise.Fill(seed, scale);
        }

        Backward();
    }

    public void Backward()
    {
        for (var r = records.Count - 1; r >= 0; r--)
        {
            Arena.Advance();
            var (output, pullback) = records[r];
            if (output.HasGradient)
            {
                pullback.Apply(this, output);
            }
        }

        records.Clear();
    }
}
