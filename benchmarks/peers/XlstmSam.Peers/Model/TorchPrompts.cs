using TorchSharp.Modules;
using XlstmSam.Kernels;
using XlstmSam.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Model;

/// <summary>A layer norm over the channels of a volume (N, C, D, H, W).</summary>
internal sealed class VolumeNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;

    public VolumeNorm(long channels)
        : base(nameof(VolumeNorm))
    {
        (weight, bias) = (new(ones(channels)), new(zeros(channels)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => layer_norm(x.permute(0, 2, 3, 4, 1), weight.shape, weight, bias, 1e-6).permute(0, 4, 1, 2, 3);
}

/// <summary>Random Fourier features of positions; the sine stands twice.</summary>
internal sealed class PositionFeatures : nn.Module<Tensor, Tensor>
{
    private readonly Tensor gaussian;

    public PositionFeatures(long features)
        : base(nameof(PositionFeatures))
    {
        gaussian = randn(3, features);
        register_buffer("positional_encoding_gaussian_matrix", gaussian);
    }

    /// <summary>(..., 3) in [0, 1] to (..., E).</summary>
    public override Tensor forward(Tensor position)
    {
        var angle = 2 * Math.PI * ((2 * position) - 1).matmul(gaussian);
        var sine = angle.sin();
        return cat([sine, angle.cos(), sine], -1);
    }
}

/// <summary>Clicks to tokens and the previous logits to a dense prompt.</summary>
internal sealed class TorchPrompts : nn.Module
{
    private readonly XlstmSamConfig config;
    private readonly PositionFeatures pe_layer;
    private readonly ModuleList<Embedding> point_embeddings;
    private readonly Embedding not_a_point_embed, no_mask_embed;
    private readonly Downscaling mask_downscaling;

    public TorchPrompts(XlstmSamConfig config)
        : base(nameof(TorchPrompts))
    {
        this.config = config;
        pe_layer = new(config.Embedding / 3);
        point_embeddings = nn.ModuleList(Enumerable.Range(0, config.PointEmbeddings).Select(_ => nn.Embedding(1, config.Embedding)).ToArray());
        (not_a_point_embed, no_mask_embed) = (nn.Embedding(1, config.Embedding), nn.Embedding(1, config.Embedding));
        mask_downscaling = new(config.MaskChannels, config.Embedding);
        RegisterComponents();
    }

    /// <summary>One click and its padding as (1, 2, E), or null without a click. Both signs take part, so that both get a gradient, if only zero.</summary>
    public Tensor? Sparse(PromptBatch prompt)
    {
        if (prompt.IsEmpty)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var position = (tensor(prompt.Points, [1, 3]) + 0.5) / tensor(Array.ConvertAll(config.Size, side => (float)side));
        var kinds = cat([point_embeddings[0].weight!, point_embeddings[1].weight!]);
        var click = pe_layer.forward(position) + kinds.narrow(0, prompt.Labels[0], 1);
        return cat([click, not_a_point_embed.weight!]).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Logits (1, 1, 4g, 4g, 4g) as (1, E, g, g, g).</summary>
    public Tensor Dense(Tensor mask) => mask_downscaling.forward(mask);

    /// <summary>The position of every grid cell, (cells, E); upstream swaps the first two coordinates.</summary>
    public Tensor Positions(Extent3 grid)
    {
        using var scope = NewDisposeScope();
        Tensor Axis(int size) => (arange(size, dtype: float32) + 0.5) / size;
        var cells = meshgrid([Axis(grid.D), Axis(grid.H), Axis(grid.W)], indexing: "ij").ToArray();
        var (first, second) = config.SwapDensePeAxes ? (cells[1], cells[0]) : (cells[0], cells[1]);
        return pe_layer.forward(stack([first, second, cells[2]], -1)).reshape(-1, config.Embedding).MoveToOuterDisposeScope();
    }

    private sealed class Downscaling : nn.Module<Tensor, Tensor>
    {
        private readonly Conv3d first, second, third;
        private readonly VolumeNorm firstNorm, secondNorm;

        public Downscaling(long channels, long width)
            : base(nameof(Downscaling))
        {
            (first, firstNorm) = (nn.Conv3d(1, channels / 4, 2, 2), new(channels / 4));
            (second, secondNorm) = (nn.Conv3d(channels / 4, channels, 2, 2), new(channels));
            third = nn.Conv3d(channels, width, 1);
            register_module("0", first);
            register_module("1", firstNorm);
            register_module("3", second);
            register_module("4", secondNorm);
            register_module("6", third);
        }

        public override Tensor forward(Tensor x) => third.forward(gelu(secondNorm.forward(second.forward(gelu(firstNorm.forward(first.forward(x)))))));
    }
}
