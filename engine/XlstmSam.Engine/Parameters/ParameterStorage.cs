using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>A parameter's memory: slices of the store's slabs. The gradient slab is zeroed once per update, not per pass.</summary>
internal sealed class ParameterStorage(Block values, Block gradients, bool requiresGrad) : TensorStorage(values, requiresGrad)
{
    private bool received;

    public Block Gradients => gradients;

    public override bool HasGradient => received;

    public override View Gradient(Tape tape)
    {
        received |= !tape.Arena.IsPlanning;
        tape.Arena.Reached?.Add(this);
        return gradients.View;
    }

    public override bool TryAdopt(TensorStorage other) => false;

    public void Forget() => received = false;

    public void MarkReceived() => received = true;
}
