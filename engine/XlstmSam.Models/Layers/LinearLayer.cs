using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>y = activation(x Wᵀ + b).</summary>
internal sealed class LinearLayer(ParameterScope scope, int inputs, int outputs, Activation activation = Activation.None)
{
    private readonly Tensor weight = scope.Parameter("weight", new(outputs, inputs), Init.Default(inputs));
    private readonly Tensor bias = scope.Parameter("bias", new(outputs), Init.Default(inputs));

    public Tensor Forward(Tape tape, Tensor x) => Linear.Apply(tape, x, weight, bias, activation);
}

/// <summary>A layer norm over the last axis with weight and bias. On channels-last volumes it is upstream's LayerNorm3d.</summary>
internal sealed class LayerNormLayer(ParameterScope scope, int channels, float epsilon)
{
    private readonly Tensor weight = scope.Parameter("weight", new(channels), Init.One);
    private readonly Tensor bias = scope.Parameter("bias", new(channels), Init.Zero);

    public Tensor Forward(Tape tape, Tensor x) => LayerNorm.Apply(tape, x, weight, bias, epsilon: epsilon);
}

/// <summary>Linear layers with ReLU between them: <c>layers.0</c>, <c>layers.1</c>, ...</summary>
internal sealed class MlpLayer
{
    private readonly LinearLayer[] layers;

    public MlpLayer(ParameterScope scope, params ReadOnlySpan<int> widths)
    {
        layers = new LinearLayer[widths.Length - 1];
        for (var l = 0; l < layers.Length; l++)
        {
            layers[l] = new(scope["layers"][l], widths[l], widths[l + 1], l + 1 < layers.Length ? Activation.Relu : Activation.None);
        }
    }

    public Tensor Forward(Tape tape, Tensor x) => layers.Aggregate(x, (y, layer) => layer.Forward(tape, y));
}
