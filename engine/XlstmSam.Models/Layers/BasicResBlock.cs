using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>
/// y = lrelu(norm2(conv2(lrelu(norm1(conv1(x))))) + skip(x)): conv1 3x3x3 with the block's stride, conv2 3x3x3, the skip a 1x1x1 convolution
/// (conv3) or, without one, x itself. Source: xLSTM-UNet, BasicResBlock.
/// </summary>
internal sealed class BasicResBlock(ParameterScope scope, int inputs, int outputs, int stride, bool project = true)
{
    private readonly ConvLayer first = new(scope["conv1"], new(inputs, outputs, Stride: stride, Padding: 1), he: true);
    private readonly NormLayer firstNorm = new(scope["norm1"], outputs);
    private readonly ConvLayer second = new(scope["conv2"], new(outputs, outputs, Padding: 1), he: true);
    private readonly NormLayer secondNorm = new(scope["norm2"], outputs);
    private readonly ConvLayer? skip = project ? new(scope["conv3"], new(inputs, outputs, Kernel: 1, Stride: stride), he: true) : null;

    public Tensor Forward(Tape tape, Tensor x)
    {
        var y = first.Forward(tape, x, firstNorm);
        return second.Forward(tape, y, secondNorm, skip?.Forward(tape, x) ?? x);
    }
}
