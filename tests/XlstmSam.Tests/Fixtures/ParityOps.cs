using XlstmSam.Engine;
using XlstmSam.Kernels;
using static XlstmSam.Tests.Fixtures.ParityAxes;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Cases of one op with a layout of its own: convolutions, norms, resizes.</summary>
internal static class ParityOps
{
    public static void Conv(ParityPass pass)
    {
        var (weight, bias) = (pass.Parameter("weight", WeightLayout.Conv3d), pass.Optional("bias"));
        pass.Load();
        var kernel = new Extent3(weight.Shape[0], weight.Shape[1], weight.Shape[2]);
        var padding = pass.Options.Extent("padding") ?? new(SamePadding(kernel.D), SamePadding(kernel.H), SamePadding(kernel.W));
        var stride = pass.Options.Extent("stride") ?? Strides(pass, kernel, padding);
        pass.Output("y", Conv3d.Apply(pass.Tape, pass.Input("x", ChannelsLast), weight, bias, stride, padding), ChannelsLast);
    }

    public static void ConvTranspose(ParityPass pass)
    {
        var (weight, bias) = (pass.Parameter("weight", WeightLayout.ConvTranspose3d), pass.Optional("bias"));
        pass.Load();
        pass.Output("y", ConvTranspose3d.Apply(pass.Tape, pass.Input("x", ChannelsLast), weight, bias), ChannelsLast);
    }

    public static void Trilinear(ParityPass pass)
    {
        if (pass.Options.Flag("align_corners", false))
        {
            throw new InvalidDataException("align_corners is true; only false is defined");
        }

        Resize(pass, ResampleMode.Trilinear);
    }

    public static void Nearest(ParityPass pass) => Resize(pass, ResampleMode.Nearest);

    public static void LayerNormalise(ParityPass pass) => Normalise(pass, defaultEpsilon: 1e-5, AsPublished);

    public static void LayerNormalise3d(ParityPass pass) => Normalise(pass, defaultEpsilon: 1e-6, ChannelsLast);

    public static void ResidualLayerNormalise(ParityPass pass) => Normalise(pass, defaultEpsilon: 1e-5, AsPublished, scaleOffset: 1);

    public static void InstanceNormalise(ParityPass pass)
    {
        var (weight, bias) = (pass.Parameter("weight"), pass.Parameter("bias"));
        pass.Load();
        pass.Output("y", InstanceNorm.Apply(pass.Tape, pass.Input("x", ChannelsLast), weight, bias, epsilon: Epsilon(pass, 1e-5)), ChannelsLast);
    }

    public static void MultiHeadLayerNormalise(ParityPass pass)
    {
        var weight = pass.Parameter("weight");
        pass.Load();
        var x = pass.Input("x", HeadsLast);
        var (batch, tokens, heads) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        var y = LayerNorm.Apply(pass.Tape, x.Reshape(batch, tokens, heads * x.Shape[3]), weight, groups: heads, scaleOffset: 1, epsilon: Epsilon(pass, 1e-5));
        pass.Output("y", y.Reshape(x.Shape), HeadsLast);
    }

    public static void Headwise(ParityPass pass)
    {
        var weight = pass.Parameter("weight");
        pass.Load();
        pass.Output("y", HeadwiseLinear.Apply(pass.Tape, pass.Input("x"), weight));
    }

    public static void CausalConv(ParityPass pass)
    {
        var (weight, bias) = (pass.Parameter("conv.weight", WeightLayout.DepthwiseConv1d), pass.Optional("conv.bias"));
        pass.Load();
        pass.Output("y", CausalConv1d.Apply(pass.Tape, pass.Input("x"), weight, bias));
    }

    private static void Normalise(ParityPass pass, double defaultEpsilon, int[] order, float scaleOffset = 0)
    {
        var (weight, bias) = (pass.Parameter("weight"), pass.Optional("bias"));
        pass.Load();
        var y = LayerNorm.Apply(pass.Tape, pass.Input("x", order), weight, bias, scaleOffset: scaleOffset, epsilon: Epsilon(pass, defaultEpsilon));
        pass.Output("y", y, order);
    }

    /// <summary>Every output is x at that output's size.</summary>
    private static void Resize(ParityPass pass, ResampleMode mode)
    {
        foreach (var name in pass.File.Below("output."))
        {
            var size = pass.File.Shape($"output.{name}");
            pass.Output(name, Resample3d.Apply(pass.Tape, pass.Input("x", ChannelsLast), new(size[2], size[3], size[4]), mode), ChannelsLast);
        }
    }

    private static float Epsilon(ParityPass pass, double otherwise) => (float)pass.Options.Number("eps", otherwise);

    // Odd kernels keep the size, even ones tile it.
    private static int SamePadding(int kernel) => kernel % 2 == 1 ? kernel / 2 : 0;

    private static Extent3 Strides(ParityPass pass, Extent3 kernel, Extent3 padding)
    {
        var (x, y) = (pass.InputShape("x"), pass.File.Shape("output.y"));
        return new(Stride(x[2], y[2], kernel.D, padding.D), Stride(x[3], y[3], kernel.H, padding.H), Stride(x[4], y[4], kernel.W, padding.W));
    }

    /// <summary>The stride that gives the output its size; tiles where that is possible, else the smallest.</summary>
    private static int Stride(int from, int to, int kernel, int padding)
    {
        bool Gives(int stride) => ((from + (2 * padding) - kernel) / stride) + 1 == to;
        return kernel % 2 == 0 && Gives(kernel) ? kernel : Enumerable.Range(1, from).First(Gives);
    }
}
