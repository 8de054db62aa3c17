using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class MovementCuda(Launcher launcher) : IMovement
{
    private const int Tile = 32;
    private readonly QuadKernel copy = new(launcher, "MovementKernels.Copy");
    private readonly QuadKernel flip = new(launcher, "MovementKernels.Flip");
    private readonly QuadKernel gather = new(launcher, "MovementKernels.Gather");
    private readonly QuadKernel gatherBackward = new(launcher, "MovementKernels.GatherBackward");
    private readonly CudaKernel transpose = launcher.Kernel("MovementKernels.Transpose");

    public void Copy(in CopyGeometry geometry, View source, View target, bool accumulate)
    {
        var (rows, width, sourceStride, targetStride) = geometry;
        if (rows == 0 || width == 0)
        {
            return;
        }

        Debug.Assert(source.Length >= ((rows - 1) * sourceStride) + width && target.Length >= ((rows - 1) * targetStride) + width);

        // Strides count only where there is a second row; all three must then be whole quads.
        var strides = rows == 1 ? 0 : sourceStride | targetStride;
        var kernel = copy.For(width | strides, source, target);
        launcher.Launch(
            kernel, launcher.Blocks(kernel, rows * Quads(width)), source, target, rows, width, sourceStride, targetStride, Quads(width), accumulate ? 1 : 0);
    }

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate)
    {
        var plane = (long)rows * columns;
        Debug.Assert(source.Length >= batch * plane && target.Length >= batch * plane);
        var (down, across) = ((rows + Tile - 1) / Tile, (columns + Tile - 1) / Tile);
        if (batch * plane > 0)
        {
            launcher.Launch(transpose, checked(batch * down * across), source, target, rows, columns, down, across, accumulate ? 1 : 0);
        }
    }

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate)
    {
        var rows = outer * length;
        Debug.Assert(source.Length >= rows * inner && target.Length >= rows * inner);
        if (rows * inner > 0)
        {
            var kernel = flip.For(inner, source, target);
            launcher.Launch(kernel, launcher.Blocks(kernel, rows * Quads(inner)), source, target, rows, length, inner, Quads(inner), accumulate ? 1 : 0);
        }
    }

    public void Gather(int width, I32View index, View table, View target)
    {
        Debug.Assert(target.Length >= width * index.Length);
        if (width * index.Length > 0)
        {
            var kernel = gather.For(width, table, target);
            launcher.Launch(kernel, launcher.Blocks(kernel, index.Length * Quads(width)), index, table, target, width, (int)Quads(width));
        }
    }

    public void GatherBackward(int width, I32View index, View dtarget, View dtable)
    {
        if (dtable.IsNone || width * index.Length == 0)
        {
            return;
        }

        Debug.Assert(dtarget.Length >= width * index.Length);
        var rows = dtable.Length / width;
        var kernel = gatherBackward.For(width, dtarget, dtable);
        launcher.Launch(kernel, launcher.Blocks(kernel, rows * Quads(width)), index, dtarget, dtable, rows, width, (int)Quads(width));
    }

    private static long Quads(long width) => (width + 3) / 4;
}
