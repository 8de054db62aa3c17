using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>y = lrelu(norm2(conv2(lrelu(norm1(conv1(x))))) + x) at constant width. Source: dynamic-network-architectures, BasicBlockD.</summary>
internal sealed class BasicBlockD(ParameterScope scope, int channels, bool bias = true)
{
    private readonly ConvLayer first = new(scope["conv1"]["conv"], new(channels, channels, Padding: 1, Bias: bias), he: true);
    private readonly NormLayer firstNorm = new(scope["conv1"]["norm"], channels);
    private readonly ConvLayer second = new(scope["conv2"]["conv"], new(channels, channels, Padding: 1, Bias: bias), he: true);
    private readonly NormLayer secondNorm = new(scope["conv2"]["norm"], channels);

    public Tensor Forward(Tape tape, Tensor x) => second.Forward(tape, first.Forward(tape, x, firstNorm), secondNorm, x);
}
