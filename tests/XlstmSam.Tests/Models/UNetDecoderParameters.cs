using XlstmSam.Engine;
using XlstmSam.Models;

namespace XlstmSam.Tests.Models;

/// <summary>
/// The parameters of xLSTM-UNet's own U-Net decoder, which this program does not have: they are only counted. Per stage, from the deepest:
/// a 1x1x1 convolution to the skip's width after the resize, a residual block over both, further plain blocks, and a head.
/// </summary>
internal sealed class UNetDecoderParameters
{
    /// <param name="blocks">Blocks per decoder stage, the deepest first.</param>
    /// <param name="classes">Channels of the head of every stage; 0 for none.</param>
    public UNetDecoderParameters(ParameterScope scope, int[] features, int[] blocks, bool convBias, int classes)
    {
        for (var stage = 0; stage < features.Length - 1; stage++)
        {
            var (below, skip) = (features[^(stage + 1)], features[^(stage + 2)]);
            _ = new ConvLayer(scope["upsample_layers"][stage], new(below, skip, Kernel: 1), he: true);
            _ = new BasicResBlock(scope["stages"][stage][0], 2 * skip, skip, stride: 1);
            for (var block = 1; block < blocks[stage]; block++)
            {
                _ = new BasicBlockD(scope["stages"][stage][block], skip, convBias);
            }

            if (classes > 0)
            {
                _ = new ConvLayer(scope["seg_layers"][stage], new(skip, classes, Kernel: 1), he: true);
            }
        }
    }
}
