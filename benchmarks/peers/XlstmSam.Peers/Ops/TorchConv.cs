using XlstmSam.Benchmarks.Works;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Ops;

/// <summary>Convolutions, in both memory formats.</summary>
internal static class TorchConv
{
    public static IEnumerable<Candidate> Of(ConvWork work) => Layout.Both.Select(layout => Of(work, layout));

    public static IEnumerable<Candidate> Of(TransposedConvWork work) => Layout.Both.Select(layout => Of(work, layout));

    private static Candidate Of(ConvWork work, Layout layout)
    {
        var g = work.Geometry;
        var x = layout.Volume(work.X(), g.In.W, g.Cin);
        var weight = layout.Weight(work.Weight(), g.Kernel.W, g.Cin, g.Cout);
        var bias = tensor(work.Bias());
        Tensor Apply() => conv3d(x, weight, bias, [g.Stride.D, g.Stride.H, g.Stride.W], [g.Padding.D, g.Padding.H, g.Padding.W]);
        if (work.Pass == WorkPass.Forward)
        {
            return Candidate.Forward(layout.Name, Apply, Layout.OurVolume);
        }

        var gradient = layout.Volume(work.OutputGradient(), g.Out.W, g.Cout);
        if (work.Pass == WorkPass.DataGradient)
        {
            x.requires_grad_();
            return Candidate.Backward(layout.Name, Apply, gradient, [x], results => [Layout.OurVolume(results[0])]);
        }

        weight.requires_grad_();
        bias.requires_grad_();
        return Candidate.Backward(layout.Name, Apply, gradient, [weight, bias], results => [Layout.OurWeight(results[0]), results[1]]);
    }

    private static Candidate Of(TransposedConvWork work, Layout layout)
    {
        var g = work.Geometry;
        var x = layout.Volume(work.X(), g.In.W, g.Cin);
        var weight = layout.TransposedWeight(work.Weight(), g.Cin, g.Cout);
        var bias = tensor(work.Bias());
        Tensor Apply() => conv_transpose3d(x, weight, bias, [2, 2, 2]);
        if (work.Pass == WorkPass.Forward)
        {
            return Candidate.Forward(layout.Name, Apply, Layout.OurVolume);
        }

        Tensor[] inputs = [x.requires_grad_(), weight.requires_grad_(), bias.requires_grad_()];
        return Candidate.Backward(
            layout.Name, Apply, layout.Volume(work.OutputGradient(), g.Out.W, g.Cout), inputs,
            results => [Layout.OurVolume(results[0]), Layout.OurTransposedWeight(results[1]), results[2]]);
    }
}
