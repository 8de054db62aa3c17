using XlstmSam.Benchmarks.Works;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Ops;

/// <summary>
/// InstanceNorm, then LeakyReLU in place, so that one volume less is touched. A group norm with a group per channel computes the same and has
/// kernels of its own, also for channels-last volumes: a row of its own.
/// </summary>
internal static class TorchNorm
{
    public const double Slope = 0.01;

    public static IEnumerable<Candidate> Of(NormWork work) => Layout.Both.Select(layout => Of(work, layout));

    private static Candidate Of(NormWork work, Layout layout)
    {
        var x = layout.Volume(work.X(), work.Side, work.Channels);
        var (gamma, beta) = (tensor(work.Gamma()), tensor(work.Beta()));
        Tensor Normalise() => work.Against == NormPeer.GroupNorm
            ? group_norm(x, work.Channels, gamma, beta, NormWork.Epsilon)
            : instance_norm(x, null, null, gamma, beta, use_input_stats: true, 0, NormWork.Epsilon);
        Tensor Apply() => Normalise().leaky_relu_(Slope);
        var form = $"{layout.Name} {(work.Against == NormPeer.GroupNorm ? "group_norm" : "instance_norm")} + leaky_relu_";
        if (work.Pass == WorkPass.Forward)
        {
            return Candidate.Forward(form, Apply, Layout.OurVolume);
        }

        Tensor[] inputs = [x.requires_grad_(), gamma.requires_grad_(), beta.requires_grad_()];
        return Candidate.Backward(
            form, Apply, layout.Volume(work.OutputGradient(), work.Side, work.Channels), inputs,
            results => [Layout.OurVolume(results[0]), results[1], results[2]]);
    }
}
