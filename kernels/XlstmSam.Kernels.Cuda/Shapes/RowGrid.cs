using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Rows that are points of a grid (N, D, H, W), W fastest. A plain matrix has one line: its rows are points of W.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RowGrid
{
    public Divider D;
    public Divider H;
    public Divider W;

    public static RowGrid Of(Extent3 extent) => new() { D = Divider.By(extent.D), H = Divider.By(extent.H), W = Divider.By(extent.W) };

    public readonly GridPoint Point(int row)
    {
        var line = W.Quotient(row);
        var plane = H.Quotient(line);
        var volume = D.Quotient(plane);
        return new() { N = volume, D = plane - (volume * D.Divisor), H = line - (plane * H.Divisor), W = row - (line * W.Divisor) };
    }
}

internal struct GridPoint
{
    public int N;
    public int D;
    public int H;
    public int W;
}
