using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XlstmSam.Peers.Model;

/// <summary>lrelu(norm2(conv2(lrelu(norm1(conv1(x))))) + conv3(x)). Fields carry the published names, because TorchSharp registers them so.</summary>
internal sealed class ResBlock : nn.Module<Tensor, Tensor>
{
    public const double Slope = 0.01;
    private readonly Conv3d conv1, conv2, conv3;
    private readonly Norm norm1, norm2;

    public ResBlock(long inputs, long outputs, long stride, TorchForm form)
        : base(nameof(ResBlock))
    {
        conv1 = nn.Conv3d(inputs, outputs, 3, stride, 1L);
        norm1 = new(outputs, form);
        conv2 = nn.Conv3d(outputs, outputs, 3, 1, 1L);
        norm2 = new(outputs, form);
        conv3 = nn.Conv3d(inputs, outputs, 1, stride);
        RegisterComponents();
    }

    // Adding and activating in place, as upstream does.
    public override Tensor forward(Tensor x)
    {
        var y = conv1.forward(x).Then(norm1).leaky_relu_(Slope).Then(conv2).Then(norm2);
        using var skip = conv3.forward(x);
        return y.add_(skip).leaky_relu_(Slope);
    }
}

/// <summary>The same at constant width, with x itself as the skip.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly ConvNorm conv1, conv2;

    public BasicBlock(long channels, TorchForm form)
        : base(nameof(BasicBlock))
    {
        (conv1, conv2) = (new(channels, form), new(channels, form));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv1.forward(x).leaky_relu_(ResBlock.Slope).Then(conv2).add_(x).leaky_relu_(ResBlock.Slope);
}

/// <summary>norm(conv(x)).</summary>
internal sealed class ConvNorm : nn.Module<Tensor, Tensor>
{
    private readonly Conv3d conv;
    private readonly Norm norm;

    public ConvNorm(long channels, TorchForm form)
        : base(nameof(ConvNorm))
    {
        conv = nn.Conv3d(channels, channels, 3, 1, 1L);
        norm = new(channels, form);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.forward(x).Then(norm);
}
