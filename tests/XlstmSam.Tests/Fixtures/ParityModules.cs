using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using static XlstmSam.Tests.Fixtures.ParityAxes;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Cases of the model's layers and blocks, built from the widths of the fixture's parameters.</summary>
internal static class ParityModules
{
    public static void Scan(ParityPass pass)
    {
        var (q, i) = (pass.Input("q", HeadsLast), pass.Input("i", HeadsLast));
        var (batch, tokens, heads, size) = (q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        Tensor Channels(string name) => pass.Input(name, HeadsLast).Reshape(batch, tokens, heads * size);
        Tensor Gates(string name) => pass.Input(name, HeadsLast).Reshape(batch, tokens, heads);
        var h = MlstmScan.Apply(
            pass.Tape, Channels("q"), Channels("k"), Channels("v"), Gates("i"), Gates("f"), ScanDirection.Forward,
            epsilon: (float)pass.Options.Number("eps", 1e-6));
        pass.Output("y", h.Reshape(q.Shape), HeadsLast);
    }

    public static void Cell(ParityPass pass)
    {
        var (heads, inner) = (pass.Weights.Shape("param.igate.weight")[0], pass.Weights.Shape("param.outnorm.weight")[0]);
        var inputGate = new GateLayer(pass.Scope["igate"], inner, heads, Init.Zero);
        var forgetGate = new GateLayer(pass.Scope["fgate"], inner, heads, Init.Zero);
        var norm = pass.Parameter("outnorm.weight");
        pass.Load();
        pass.Output("y", MlstmCell.Forward(
            pass.Tape, pass.Input("q"), pass.Input("k"), pass.Input("v"), inputGate, forgetGate, norm, heads, ScanDirection.Forward));
    }

    public static void VilTokens(ParityPass pass)
    {
        var layer = new VilLayer(pass.Scope, pass.Weights.Shape("param.proj_down.weight")[0], pass.Options.Direction());
        pass.Load();
        pass.Output("y", layer.Forward(pass.Tape, pass.Input("x")));
    }

    public static void VilTokenBlock(ParityPass pass)
    {
        var block = new VilBlock(pass.Scope, pass.Weights.Shape("param.norm.weight")[0], pass.Options.Direction());
        pass.Load();
        pass.Output("y", block.Forward(pass.Tape, pass.Input("x")));
    }

    public static void VilVolume(ParityPass pass)
    {
        var mixer = new VilMixer(pass.Scope, pass.Weights.Shape("param.norm.weight")[0], pass.Options.Direction(), pass.Options.Flag("channel_token", false));
        pass.Load();
        pass.Output("y", mixer.Forward(pass.Tape, pass.Input("x", ChannelsLast)), ChannelsLast);
    }

    public static void ResidualBlock(ParityPass pass)
    {
        var (weight, x, y) = (pass.Weights.Shape("param.conv1.weight"), pass.InputShape("x"), pass.File.Shape("output.y"));
        var stride = pass.Options.Extent("stride") ?? Extent3.Cube((x[2] + y[2] - 1) / y[2]);
        var block = new BasicResBlock(pass.Scope, weight[1], weight[0], ParityModels.Cube(stride), pass.Weights.Has("param.conv3.weight"));
        pass.Load();
        pass.Output("y", block.Forward(pass.Tape, pass.Input("x", ChannelsLast)), ChannelsLast);
    }

    public static void PlainBlock(ParityPass pass)
    {
        var block = new BasicBlockD(pass.Scope, pass.Weights.Shape("param.conv1.conv.weight")[0], pass.Weights.Has("param.conv1.conv.bias"));
        pass.Load();
        pass.Output("y", block.Forward(pass.Tape, pass.Input("x", ChannelsLast)), ChannelsLast);
    }

    public static void DecoderAttention(ParityPass pass)
    {
        var weight = pass.Weights.Shape("param.out_proj.weight");
        var layer = new AttentionLayer(pass.Scope, weight[0], pass.Options.Integer("heads", 8), weight[0] / weight[1]);
        pass.Load();
        pass.Output("y", layer.Forward(pass.Tape, pass.Input("q"), pass.Input("k"), pass.Input("v")));
    }
}
