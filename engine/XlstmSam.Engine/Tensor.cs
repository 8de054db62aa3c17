using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>A dense array on a device, with a shape and, if wanted, a gradient. It has no arithmetic: ops do.</summary>
public sealed class Tensor
{
    private readonly TensorStorage storage;
    private readonly long offset;

    internal Tensor(Shape shape, TensorStorage storage, long offset)
    {
        Shape = shape;
        this.storage = storage;
        this.offset = offset;
    }

    public Shape Shape { get; }

    /// <summary>How the elements and those of the gradient are stored.</summary>
    public ElementType Type => storage.Type;

    public bool RequiresGrad => storage.RequiresGrad;

    /// <summary>The values, as kernels take them.</summary>
    public View Data => storage.Data.As(Type).Slice(offset, Shape.Length);

    public static implicit operator View(Tensor? tensor) => tensor is null ? View.None : tensor.Data;

    /// <summary>The same elements under another shape; the gradient is shared too.</summary>
    public Tensor Reshape(params ReadOnlySpan<int> sizes) => Reshape(new Shape(sizes));

    public Tensor Reshape(Shape shape) => shape.Length == Shape.Length
        ? new(shape, storage, offset)
        : throw new ArgumentException($"Reshape: {Shape} has {Shape.Length} elements, {shape} has {shape.Length}.");

    /// <summary>Rows [start, start + count) of the first axis, sharing values and gradient.</summary>
    public Tensor Rows(int start, int count)
    {
        var row = Shape.Length / Shape[0];
        return start >= 0 && start + count <= Shape[0]
            ? new(Shape.With(0, count), storage, offset + (start * row))
            : throw new ArgumentException($"Rows: [{start}, {start + count}) of {Shape}.");
    }

    /// <summary>The same values as a leaf of its own, with a gradient of its own.</summary>
    internal Tensor WithGradient() => new(Shape, new(storage.Data, requiresGrad: true, Type), offset);

    internal bool IsKept => storage.IsKept;

    internal void Keep() => storage.IsKept = true;

    internal View Values(Tape tape) => storage.Values(tape).As(Type).Slice(offset, Shape.Length);

    /// <summary>Makes the gradient of an output that nobody needs any more this tensor's; false where that cannot be.</summary>
    internal bool TryAdoptGradient(Tensor output) =>
        offset == 0 && output.offset == 0 && Shape.Length == output.Shape.Length && storage.Data.ByteLength == Shape.Length * Type.Bytes()
            && storage.TryAdopt(output.storage);

    internal View Gradient(Tape tape) => storage.Gradient(tape).Slice(offset, Shape.Length);

    internal bool HasGradient => storage.HasGradient;
}
