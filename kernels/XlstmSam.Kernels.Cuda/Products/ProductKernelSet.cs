using System.Globalization;

namespace XlstmSam.Kernels.Cuda;

/// <summary>The product kernels of one kind of arithmetic: each transposition with each tile. Looked up when first asked for.</summary>
/// <param name="name">With {0} for the method and {1} for the tile.</param>
internal sealed class ProductKernelSet(Launcher launcher, string name)
{
    private static readonly string[] Methods = ["Product", "ProductRightTransposed", "ProductLeftTransposed"];
    private static readonly string[] Tiles = ["Narrow", "Broad", "Large"];
    private readonly CudaKernel?[] kernels = new CudaKernel?[Methods.Length * Tiles.Length];

    /// <param name="tileColumns">32, 64 or 128.</param>
    public CudaKernel For(ProductKind kind, int tileColumns)
    {
        var tile = tileColumns / 64;
        return kernels[((int)kind * Tiles.Length) + tile] ??= launcher.Kernel(
            string.Format(CultureInfo.InvariantCulture, name, Methods[(int)kind], Tiles[tile]));
    }
}
