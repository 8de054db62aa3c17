using TorchSharp.Modules;
using XlstmSam.Peers.Ops;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Model;

/// <summary>What may differ between runs of libtorch's model without changing its result. The fastest form is the peer.</summary>
/// <param name="Layout">The memory format of volumes and convolution weights.</param>
/// <param name="GroupNorm">Instance norms computed as group norms with a channel per group.</param>
internal sealed record TorchForm(Layout Layout, bool GroupNorm)
{
    public static TorchForm[] All { get; } = [.. from layout in Layout.Both from groupNorm in (bool[])[false, true] select new TorchForm(layout, groupNorm)];

    public override string ToString() => $"{Layout.Name}, {(GroupNorm ? "group_norm" : "instance_norm")}";
}

/// <summary>An instance norm with weight and bias.</summary>
internal sealed class Norm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;
    private readonly bool groupNorm;
    private readonly Parameter weight, bias;

    public Norm(long channels, TorchForm form)
        : base(nameof(Norm))
    {
        groupNorm = form.GroupNorm;
        (weight, bias) = (new(ones(channels)), new(zeros(channels)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => groupNorm
        ? group_norm(x, weight.shape[0], weight, bias, Epsilon)
        : instance_norm(x, null, null, weight, bias, use_input_stats: true, 0, Epsilon);
}

/// <summary>Chains of layers that let go of what they no longer need, as reference counting does in Python: it decides the peak memory.</summary>
internal static class Chain
{
    public static Tensor Then(this Tensor x, Func<Tensor, Tensor> next)
    {
        var y = next(x);
        x.Dispose();
        return y;
    }

    public static Tensor Then(this Tensor x, nn.Module<Tensor, Tensor> next) => x.Then(next.forward);
}
