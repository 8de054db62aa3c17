namespace XlstmSam.Engine;

/// <summary>
/// What one op keeps for backward, as named fields, and how it turns the gradient of its output into gradients of its inputs.
/// Fields are tensors, blocks and geometries, never views: the memory plan follows their use.
/// </summary>
public abstract record Pullback
{
    /// <summary>Adds to the gradients of the inputs; <paramref name="output"/>'s gradient is complete.</summary>
    public abstract void Apply(Tape tape, Tensor output);
}
