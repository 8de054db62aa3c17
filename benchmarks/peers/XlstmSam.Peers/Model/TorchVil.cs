using TorchSharp.Modules;
using XlstmSam.Peers.Ops;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Model;

/// <summary>x + layer(norm(x)) on the tokens of a volume. The norm beside it is saved in published files and never called.</summary>
internal sealed class VilMixer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm;
    private readonly VilBlock vil;

    public VilMixer(long width, bool reverse)
        : base(nameof(VilMixer))
    {
        norm = nn.LayerNorm(width);
        vil = new(width, reverse);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var tokens = x.flatten(2).transpose(1, 2);
        return vil.forward(tokens).transpose(1, 2).reshape(x.shape).MoveToOuterDisposeScope();
    }
}

internal sealed class VilBlock : nn.Module<Tensor, Tensor>
{
    private readonly ScaleNorm norm;
    private readonly VilLayer layer;

    public VilBlock(long width, bool reverse)
        : base(nameof(VilBlock))
    {
        norm = new(width, groups: 1);
        layer = new(width, reverse);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + layer.forward(norm.forward(x));
}

/// <summary>A layer norm over each of some groups of channels, scaled by 1 + weight.</summary>
internal sealed class ScaleNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;
    private readonly long groups;
    private readonly Parameter weight;

    public ScaleNorm(long width, long groups)
        : base(nameof(ScaleNorm))
    {
        this.groups = groups;
        weight = new(zeros(width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var width = weight.shape[0] / groups;
        return groups == 1
            ? layer_norm(x, [width], 1 + weight, null, Epsilon)
            : layer_norm(x.unflatten(2, [groups, width]), [width], null, null, Epsilon).flatten(-2) * (1 + weight);
    }
}

/// <summary>The xLSTM layer: up, causal convolution, headwise projections, mLSTM, gated output, down.</summary>
internal sealed class VilLayer : nn.Module<Tensor, Tensor>
{
    private readonly bool reverse;
    private readonly long inner;
    private readonly Linear proj_up, proj_down;
    private readonly Headwise q_proj, k_proj, v_proj;
    private readonly CausalConv conv1d;
    private readonly MlstmCell mlstm_cell;
    private readonly Parameter learnable_skip;

    public VilLayer(long width, bool reverse)
        : base(nameof(VilLayer))
    {
        this.reverse = reverse;
        inner = 2 * width;
        var block = width % 4 == 0 ? 4 : 2;
        proj_up = nn.Linear(width, 2 * inner, hasBias: false);
        (q_proj, k_proj, v_proj) = (new(inner, block), new(inner, block), new(inner, block));
        conv1d = new(inner);
        mlstm_cell = new(inner, block);
        learnable_skip = new(ones(inner));
        proj_down = nn.Linear(inner, width, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var parts = proj_up.forward(reverse ? x.flip(1) : x).split(inner, 2);
        var (a, z) = (parts[0], parts[1]);
        var s = silu(conv1d.forward(a));
        var h = mlstm_cell.forward(q_proj.forward(s), k_proj.forward(s), v_proj.forward(a));
        var y = proj_down.forward((h + (learnable_skip * s)) * silu(z));
        return reverse ? y.flip(1) : y;
    }
}

/// <summary>A block-diagonal projection, as a grouped convolution over the tokens: the fastest of what libtorch offers for it.</summary>
internal sealed class Headwise : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public Headwise(long inner, long block)
        : base(nameof(Headwise))
    {
        weight = new(randn(inner / block, block, block));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) =>
        nn.functional.conv1d(x.transpose(1, 2), weight.reshape(-1, weight.shape[2], 1), null, 1, 0, 1, weight.shape[0]).transpose(1, 2);
}

/// <summary>A depthwise convolution over the last four tokens.</summary>
internal sealed class CausalConv : nn.Module<Tensor, Tensor>
{
    private const long Kernel = 4;
    private readonly Conv1d conv;

    public CausalConv(long channels)
        : base(nameof(CausalConv))
    {
        conv = nn.Conv1d(channels, channels, Kernel, padding: Kernel - 1, groups: channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.forward(x.transpose(1, 2)).narrow(2, 0, x.shape[1]).transpose(1, 2);
}

/// <summary>Gates, the cell per head, the norm per head. Long sequences take the chunkwise form, short ones the quadratic.</summary>
internal sealed class MlstmCell : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private const int Chunk = 64;
    private readonly long heads;
    private readonly Linear igate, fgate;
    private readonly ScaleNorm outnorm;

    public MlstmCell(long inner, long heads)
        : base(nameof(MlstmCell))
    {
        this.heads = heads;
        (igate, fgate) = (nn.Linear(3 * inner, heads), nn.Linear(3 * inner, heads));
        outnorm = new(inner, heads);
        RegisterComponents();
    }

    public override Tensor forward(Tensor q, Tensor k, Tensor v)
    {
        var all = cat([q, k, v], -1);
        var (i, f) = (igate.forward(all).transpose(1, 2), fgate.forward(all).transpose(1, 2));
        var (queries, keys, values) = (Heads(q), Heads(k), Heads(v));
        var length = q.shape[1];
        var h = length > Chunk && length % Chunk == 0
            ? MlstmForms.Chunkwise(queries, keys, values, i, f, Chunk)
            : MlstmForms.Quadratic(queries, keys, values, i, f);
        return outnorm.forward(h.transpose(1, 2).flatten(2));
    }

    private Tensor Heads(Tensor x) => x.unflatten(2, [heads, x.shape[2] / heads]).transpose(1, 2);
}
