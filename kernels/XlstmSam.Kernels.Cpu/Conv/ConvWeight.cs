namespace XlstmSam.Kernels.Cpu;

/// <summary>Where a convolution pass finds its weights: element (tap, input channel, output channel) by three strides.</summary>
internal readonly unsafe struct ConvWeight(float* start, Extent3 kernel, nint tapStride, nint inputStride, nint outputStride)
{
    /// <summary>Packs one panel of up to 16 output channels in the order (depth tap, height tap, width tap, input channel).</summary>
    public void Pack(in ConvAxis depth, in ConvAxis height, in ConvAxis width, int inputs, int firstOutput, int outputs, float* panel)
    {
        for (var d = 0; d < depth.Taps; d++)
        {
            for (var h = 0; h < height.Taps; h++)
            {
                for (var w = 0; w < width.Taps; w++, panel += (nint)inputs * Panels.Width)
                {
                    var tap = (((Tap(depth, d) * kernel.H) + Tap(height, h)) * kernel.W) + Tap(width, w);
                    Panels.Pack(start + (tap * tapStride) + (firstOutput * outputStride), inputStride, outputStride, inputs, outputs, panel);
                }
            }
        }
    }

    private static int Tap(in ConvAxis axis, int t) => axis.FirstTap + (t * axis.TapStep);
}
