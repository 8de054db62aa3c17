using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>A transposed convolution that doubles a grid: (N, D, H, W, inputs) to (N, 2D, 2H, 2W, outputs).</summary>
internal sealed class UpConvLayer
{
    private readonly Tensor weight, bias;

    /// <param name="scope">Where the weight and the bias are.</param>
    public UpConvLayer(ParameterScope scope, int inputs, int outputs)
    {
        // PyTorch takes the fan-in of a transposed convolution from the second weight axis: outputs times the kernel.
        var init = Init.Default(8L * outputs);
        weight = scope.Parameter("weight", new(inputs, 2, 2, 2, outputs), init, WeightLayout.ConvTranspose3d);
        bias = scope.Parameter("bias", new(outputs), init);
    }

    /// <summary>The doubled grid.</summary>
    public Tensor Forward(Tape tape, Tensor x) => ConvTranspose3d.Apply(tape, x, weight, bias);
}
