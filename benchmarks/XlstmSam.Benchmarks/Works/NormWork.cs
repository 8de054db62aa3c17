using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>InstanceNorm and LeakyReLU in one pass over x (1, Voxels, C), or their gradients.</summary>
/// <param name="Against">What the peer does it with.</param>
public sealed record NormWork(WorkPass Pass, int Channels, int Side, NormPeer Against, string Preset)
    : KernelWork(
        $"instance norm + leaky relu {Words(Pass)} {Channels}@{Side}^3{(Against == NormPeer.GroupNorm ? ", group norm" : "")}",
        $"x 1x{Side}x{Side}x{Side}x{Channels}",
        Preset)
{
    public const float Epsilon = 1e-5f;

    private InstanceNormGeometry Geometry => new(1, (long)Side * Side * Side, Channels);

    public float[] X() => WorkInputs.Uniform(1, Geometry.Length, mean: 0.5f);

    public float[] Gamma() => WorkInputs.Uniform(2, Channels, spread: 0.5f, mean: 1);

    public float[] Beta() => WorkInputs.Uniform(3, Channels);

    public float[] OutputGradient() => WorkInputs.Uniform(4, Geometry.Length);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = Geometry;
        var work = new PreparedWork(backend);
        var kernels = backend.InstanceNorm;
        var (x, gamma, beta) = (work.Input(X()), work.Input(Gamma()), work.Input(Beta()));
        var (mean, rstd) = (work.Zeros(geometry.Planes), work.Zeros(geometry.Planes));
        if (Pass == WorkPass.Forward)
        {
            var output = work.Result(geometry.Length);
            return work.Bind(() => kernels.Forward(geometry, Epsilon, Activation.LeakyRelu, x, gamma, beta, View.None, output, mean, rstd));
        }

        var (dy, y) = (work.Input(OutputGradient()), work.Zeros(geometry.Length));
        var (dx, dgamma, dbeta) = (work.Result(geometry.Length), work.Result(Channels), work.Result(Channels));
        kernels.Forward(geometry, Epsilon, Activation.LeakyRelu, x, gamma, beta, View.None, y, mean, rstd);
        return work.Bind(() => kernels.Backward(geometry, Activation.LeakyRelu, dy, x, y, gamma, mean, rstd, dx, dgamma, dbeta, View.None));
    }
}

/// <summary>The peer's instance norm, or its group norm with a group per channel: the same values from other kernels.</summary>
public enum NormPeer
{
    InstanceNorm,
    GroupNorm,
}
