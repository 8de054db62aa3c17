namespace XlstmSam.Imaging;

/// <summary>Pixels under construction, black at first.</summary>
internal sealed class PreviewCanvas(int width, int height)
{
    public int Width => width;

    public int Height => height;

    public byte[] Rgb { get; } = new byte[3 * width * height];

    public void Set(int x, int y, Rgb colour)
    {
        var at = 3 * (x + (y * width));
        (Rgb[at], Rgb[at + 1], Rgb[at + 2]) = (colour.R, colour.G, colour.B);
    }
}
