namespace XlstmSam.Models;

/// <summary>The ops that models of this family spend their time in.</summary>
internal static class XlstmSamOps
{
    private const int Heads = 4;

    /// <summary>Tokens of a decoder pass: IoU and masks, and a prompt's.</summary>
    private const int Tokens = 8;

    public static IEnumerable<MainOp> Of(XlstmSamConfig config)
    {
        var (size, width, encoder) = (config.Input.Size, config.Encoder.Stem, config.Encoder);
        foreach (var (channels, stride, mixer) in encoder.Features.Zip(encoder.Strides, encoder.Mixers))
        {
            if (stride != 1)
            {
                yield return new MainOp.Conv(size, width, channels, stride);
            }

            (size, width) = (new(size.D / stride, size.H / stride, size.W / stride), channels);
            yield return new MainOp.Conv(size, channels, channels, Stride: 1);
            yield return new MainOp.Norm(size, channels);
            if (mixer == Mixer.Vil)
            {
                var (length, inner) = ((int)size.Count, 2 * channels);
                yield return new MainOp.Product(length, channels, inner);
                yield return new MainOp.RowNorm(length, channels);
                yield return new MainOp.Scan(length, inner, Heads);
            }
        }

        yield return new MainOp.Attend((int)size.Count, Tokens, config.Embedding / 2, config.DecoderHeads);
    }
}
