using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The memory behind one or several tensors: values and, once something flows back, a gradient that starts at zero.</summary>
internal class TensorStorage(Block data, bool requiresGrad)
{
    private Block? gradient;

    public Block Data => data;

    public bool RequiresGrad => requiresGrad;

    public virtual bool HasGradient => gradient is not null;

    public virtual View Gradient(Tape tape)
    {
        if (gradient is null)
        {
            gradient = tape.Arena.Rent(data.ByteLength);
            tape.Backend.Elementwise.Fill(gradient.View, 0);
        }

        return gradient.View;
    }
}
