namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Kernel and stride are 2, so every input voxel has a cell of 2 x 2 x 2 output voxels of its own: with y as the matrix of its cells,
/// forward and both gradients are products of (voxels, Cin), (Cin, 8 Cout) and (voxels, 8 Cout).
/// </summary>
internal sealed unsafe class ConvTranspose3dCpu(WorkerPool pool) : IConvTranspose3d
{
    private const int Taps = 8;
    private readonly MatMulCpu products = new(pool);

    public long ScratchBytes(in ConvTranspose3dGeometry geometry) => ConvScratch.Direct(Extent3.Cube(2), geometry.Cin, geometry.Cout, geometry.Out.W, pool.Threads);

    /// <summary>The output, or its gradient, as the matrix of its cells.</summary>
    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => geometry.N * geometry.Out.Count * geometry.Cout;

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace)
    {
        var g = geometry;
        var rows = CpuBuffer.Floats(workspace);
        using var repeated = pool.Scratch.Borrow(Taps * g.Cout);
        var offsets = bias.IsNone ? null : repeated.Start;
        for (var tap = 0; tap < Taps && offsets is not null; tap++)
        {
            FloatVectorOps.Copy(CpuBuffer.Floats(bias), offsets + (tap * g.Cout), g.Cout);
        }

        var product = MatMulGeometry.Dense(Voxels(g), Taps * g.Cout, g.Cin);
        products.Run(product, CpuBuffer.Floats(x), CpuBuffer.Floats(weight), offsets, Activation.None, rows, accumulate: false);
        Cells(g).Scatter(rows, CpuBuffer.Floats(y));
    }

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace)
    {
        var g = geometry;
        var gradient = CpuBuffer.Floats(dy);
        var rows = CpuBuffer.Floats(workspace);
        if (!dx.IsNone || !dweight.IsNone)
        {
            Cells(g).Gather(gradient, rows);
        }

        if (!dx.IsNone)
        {
            var product = MatMulGeometry.Dense(Voxels(g), g.Cin, Taps * g.Cout, transposeB: true);
            products.Run(product, rows, CpuBuffer.Floats(weight), null, Activation.None, CpuBuffer.Floats(dx), accumulate: true);
        }

        if (!dweight.IsNone)
        {
            var product = MatMulGeometry.Dense(g.Cin, Taps * g.Cout, Voxels(g), transposeA: true);
            products.Run(product, CpuBuffer.Floats(x), rows, null, Activation.None, CpuBuffer.Floats(dweight), accumulate: true);
        }

        if (!dbias.IsNone)
        {
            BiasGradient.Add(pool, gradient, g.N * g.Out.Count, g.Cout, CpuBuffer.Floats(dbias));
        }
    }

    private static int Voxels(in ConvTranspose3dGeometry geometry) => checked((int)(geometry.N * geometry.In.Count));

    private Stride2Cells Cells(in ConvTranspose3dGeometry geometry) => new(pool, geometry.In, geometry.N, geometry.Cout);
}
