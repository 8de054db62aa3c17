namespace XlstmSam.Imaging;

/// <summary>A colour.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    public Rgb Blend(Rgb over, double weight) => new(Mix(R, over.R, weight), Mix(G, over.G, weight), Mix(B, over.B, weight));

    private static byte Mix(byte a, byte b, double weight) => (byte)Math.Round(a + ((b - a) * weight));
}
