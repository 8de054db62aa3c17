using TorchSharp.Modules;
using XlstmSam.Models;
using static TorchSharp.torch;

namespace XlstmSam.Peers.Model;

/// <summary>Stem, stages, mixers: (1, 1, X0, X1, X2) to (1, E, g0, g1, g2). One residual block per stage, as in the published presets.</summary>
internal sealed class TorchEncoder : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> stem;
    private readonly ModuleList<ModuleList<nn.Module<Tensor, Tensor>>> stages = [];
    private readonly ModuleList<nn.Module<Tensor, Tensor>> xlstm_layers = [];

    public TorchEncoder(EncoderConfig config, TorchForm form)
        : base(nameof(TorchEncoder))
    {
        stem = nn.ModuleList<nn.Module<Tensor, Tensor>>(new ResBlock(config.InputChannels, config.Stem, 1, form));
        var (width, scans) = (config.Stem, 0);
        for (var s = 0; s < config.Features.Length; s++)
        {
            stages.Add(nn.ModuleList<nn.Module<Tensor, Tensor>>(new ResBlock(width, config.Features[s], config.Strides[s], form)));
            width = config.Features[s];
            var reverse = config.Direction == MixerDirection.Alternate && scans % 2 == 1;
            xlstm_layers.Add(config.Mixers[s] == Mixer.Vil ? new VilMixer(width, reverse) : new BasicBlock(width, form));
            scans += config.Mixers[s] == Mixer.Vil ? 1 : 0;
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = stem[0].forward(x);
        for (var s = 0; s < stages.Count; s++)
        {
            x = x.Then(stages[s][0]).Then(xlstm_layers[s]);
        }

        return x;
    }
}
