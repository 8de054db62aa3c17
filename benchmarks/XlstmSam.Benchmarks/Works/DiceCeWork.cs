using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>The loss of one mask and its gradient: logits (1, Voxels), one label byte each.</summary>
public sealed record DiceCeWork(int Side, string Preset)
    : KernelWork($"dice + cross entropy {Words(WorkPass.ForwardBackward)} {Side}^3", $"logits 1x{Side}x{Side}x{Side}", Preset)
{
    private long Voxels => (long)Side * Side * Side;

    public float[] Logits() => WorkInputs.Uniform(1, Voxels, 3);

    public byte[] Targets() => WorkInputs.Labels(2, Voxels);

    public override PreparedWork Prepare(IBackend backend)
    {
        var geometry = new DiceCeGeometry(1, Voxels);
        var work = new PreparedWork(backend);
        var (logits, targets, dloss) = (work.Input(Logits()), work.Bytes(Targets()), work.Input([1]));
        var (loss, dlogits, sums) = (work.Result(1), work.Result(Voxels), work.Zeros(3));
        return work.Bind(() =>
        {
            backend.DiceCe.Forward(geometry, DiceCeWeights.Default, logits, targets, loss, sums);
            backend.DiceCe.Backward(geometry, DiceCeWeights.Default, dloss, logits, targets, sums, dlogits);
        });
    }
}
