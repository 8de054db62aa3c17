using static TorchSharp.torch;

namespace XlstmSam.Peers.Ops;

/// <summary>
/// The two orders in which libtorch keeps volumes. TorchSharp's layers have no argument for it, but the operators follow their operands'
/// strides. Our volumes are channels last in memory, so both are made from the same values.
/// </summary>
internal sealed record Layout(string Name, bool ChannelsLast)
{
    public static Layout[] Both { get; } = [new("NCDHW", false), new("channels_last_3d", true)];

    /// <summary>(N, D, H, W, C) values as a tensor (N, C, D, H, W).</summary>
    public Tensor Volume(float[] values, int side, int channels) => Place(tensor(values, [1, side, side, side, channels]).permute(0, 4, 1, 2, 3));

    /// <summary>(K, K, K, Cin, Cout) values as (Cout, Cin, K, K, K).</summary>
    public Tensor Weight(float[] values, int kernel, int inputs, int outputs) =>
        Place(tensor(values, [kernel, kernel, kernel, inputs, outputs]).permute(4, 3, 0, 1, 2));

    /// <summary>(Cin, 2, 2, 2, Cout) values as (Cin, Cout, 2, 2, 2).</summary>
    public Tensor TransposedWeight(float[] values, int inputs, int outputs) => Place(tensor(values, [inputs, 2, 2, 2, outputs]).permute(0, 4, 1, 2, 3));

    /// <summary>A tensor (N, C, D, H, W) in this order.</summary>
    public Tensor Place(Tensor tensor) => ChannelsLast ? tensor.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3) : tensor.contiguous();

    public static Tensor OurVolume(Tensor volume) => volume.permute(0, 2, 3, 4, 1);

    public static Tensor OurWeight(Tensor weight) => weight.permute(2, 3, 4, 1, 0);

    public static Tensor OurTransposedWeight(Tensor weight) => weight.permute(0, 2, 3, 4, 1);
}
