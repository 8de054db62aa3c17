using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The memory behind one or several tensors: values and, once something flows back, a gradient that starts at zero.</summary>
/// <param name="type">How values and gradient are stored.</param>
/// <param name="again">Makes the values once more for backward, where they are not kept till then.</param>
internal class TensorStorage(Block data, bool requiresGrad, ElementType type = ElementType.Float32, Func<Tape, Block>? again = null)
{
    private Block? gradient;
    private Block? restored;

    public Block Data => data;

    public ElementType Type => type;

    public bool RequiresGrad => requiresGrad;

    /// <summary>Whether a recorded op needs the values in backward.</summary>
    public bool IsKept { get; set; }

    public virtual bool HasGradient => gradient is not null;

    public virtual View Gradient(Tape tape)
    {
        if (gradient is null)
        {
            gradient = tape.Arena.Rent(data.ByteLength);
            tape.Backend.Elementwise.Fill(gradient.As(type), 0);
        }

        return gradient.As(type);
    }

    /// <summary>The values as backward sees them.</summary>
    public Block Values(Tape tape) => again is null ? data : restored ??= again(tape);

    /// <summary>Takes over the memory of another's gradient as its own, which it must not have yet. Parameters' gradients stay where they are.</summary>
    public virtual bool TryAdopt(TensorStorage other)
    {
        if (gradient is not null || other.gradient is null || other.Type != type || other.Data.ByteLength != data.ByteLength)
        {
            return false;
        }

        (gradient, other.gradient) = (other.gradient, null);
        return true;
    }
}
