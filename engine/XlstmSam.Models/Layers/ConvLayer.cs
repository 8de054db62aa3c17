using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The shape of a cubic convolution.</summary>
internal sealed record ConvConfig(int In, int Out, int Kernel = 3, int Stride = 1, int Padding = 0, bool Bias = true)
{
    public long FanIn => (long)In * Kernel * Kernel * Kernel;

    public Extent3 StrideExtent => Extent3.Cube(Stride);

    public Extent3 PaddingExtent => Extent3.Cube(Padding);
}

/// <summary>A convolution's weight and bias, without an epilogue of its own.</summary>
internal sealed class ConvLayer
{
    private readonly ConvConfig config;

    /// <param name="he">He's initialisation with a zero bias (the encoder), else PyTorch's default.</param>
    public ConvLayer(ParameterScope scope, ConvConfig config, bool he)
    {
        this.config = config;
        var init = he ? Init.HeNormal(config.FanIn) : Init.Default(config.FanIn);
        Weight = scope.Parameter("weight", new(config.Kernel, config.Kernel, config.Kernel, config.In, config.Out), init, WeightLayout.Conv3d);
        Bias = config.Bias ? scope.Parameter("bias", new(config.Out), he ? Init.Zero : Init.Default(config.FanIn)) : null;
    }

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    public Tensor Forward(Tape tape, Tensor x) => Conv3d.Apply(tape, x, Weight, Bias, config.StrideExtent, config.PaddingExtent);

    /// <summary>act(instanceNorm(conv(x)) + residual) as one op.</summary>
    public Tensor Forward(Tape tape, Tensor x, NormLayer norm, Tensor? residual = null) =>
        ConvNormAct.Apply(tape, x, Weight, Bias, norm.Weight, norm.Bias, config.StrideExtent, config.PaddingExtent, Activation.LeakyRelu, residual);
}

/// <summary>The affine parameters of an instance norm.</summary>
internal sealed class NormLayer(ParameterScope scope, int channels)
{
    public Tensor Weight { get; } = scope.Parameter("weight", new(channels), Init.One);

    public Tensor Bias { get; } = scope.Parameter("bias", new(channels), Init.Zero);
}
