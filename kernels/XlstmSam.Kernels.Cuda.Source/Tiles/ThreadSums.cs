using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>What a tile's sums become, element by element.</summary>
internal interface ITileMap
{
    float At(int row, int column, float a, float b);
}

/// <summary>Where the elements of a tile go.</summary>
internal interface ITileTarget
{
    void Put(int row, int column, float value);
}

/// <summary>One thread's part of a 64 x 64 tile, four rows by four columns; <see cref="ITilePrecision"/> says which. Registers, hence no array.</summary>
internal struct ThreadSums
{
    public float C00, C01, C02, C03;
    public float C10, C11, C12, C13;
    public float C20, C21, C22, C23;
    public float C30, C31, C32, C33;

    /// <summary>The outer product of four factors of rows and four of columns is added.</summary>
    public void AddOuter(float a0, float a1, float a2, float a3, float b0, float b1, float b2, float b3)
    {
        C00 += a0 * b0;
        C01 += a0 * b1;
        C02 += a0 * b2;
        C03 += a0 * b3;
        C10 += a1 * b0;
        C11 += a1 * b1;
        C12 += a1 * b2;
        C13 += a1 * b3;
        C20 += a2 * b0;
        C21 += a2 * b1;
        C22 += a2 * b2;
        C23 += a2 * b3;
        C30 += a3 * b0;
        C31 += a3 * b1;
        C32 += a3 * b2;
        C33 += a3 * b3;
    }

    /// <summary>Every element from this one, that of another tile, and its place.</summary>
    public readonly ThreadSums Map<TPrecision, TMap>(ThreadSums b, TMap map)
        where TPrecision : struct, ITilePrecision
        where TMap : struct, ITileMap
    {
        var (r0, r1, r2, r3) = (TPrecision.Row(0), TPrecision.Row(1), TPrecision.Row(2), TPrecision.Row(3));
        var (c0, c1, c2, c3) = (TPrecision.Column(0), TPrecision.Column(1), TPrecision.Column(2), TPrecision.Column(3));
        var y = default(ThreadSums);
        y.C00 = map.At(r0, c0, C00, b.C00);
        y.C01 = map.At(r0, c1, C01, b.C01);
        y.C02 = map.At(r0, c2, C02, b.C02);
        y.C03 = map.At(r0, c3, C03, b.C03);
        y.C10 = map.At(r1, c0, C10, b.C10);
        y.C11 = map.At(r1, c1, C11, b.C11);
        y.C12 = map.At(r1, c2, C12, b.C12);
        y.C13 = map.At(r1, c3, C13, b.C13);
        y.C20 = map.At(r2, c0, C20, b.C20);
        y.C21 = map.At(r2, c1, C21, b.C21);
        y.C22 = map.At(r2, c2, C22, b.C22);
        y.C23 = map.At(r2, c3, C23, b.C23);
        y.C30 = map.At(r3, c0, C30, b.C30);
        y.C31 = map.At(r3, c1, C31, b.C31);
        y.C32 = map.At(r3, c2, C32, b.C32);
        y.C33 = map.At(r3, c3, C33, b.C33);
        return y;
    }

    public readonly void Put<TPrecision, TTarget>(TTarget target)
        where TPrecision : struct, ITilePrecision
        where TTarget : struct, ITileTarget
    {
        PutRow<TPrecision, TTarget>(target, TPrecision.Row(0), C00, C01, C02, C03);
        PutRow<TPrecision, TTarget>(target, TPrecision.Row(1), C10, C11, C12, C13);
        PutRow<TPrecision, TTarget>(target, TPrecision.Row(2), C20, C21, C22, C23);
        PutRow<TPrecision, TTarget>(target, TPrecision.Row(3), C30, C31, C32, C33);
    }

    /// <summary>
    /// Into shared memory: the sums of the elements that each of the sixteen threads of a row holds. 16 <see cref="Tile.SlotStride"/> floats; <see
    /// cref="Tile.RowSum"/>
    /// adds them up behind a barrier.
    /// </summary>
    public readonly void PutRowSums<TPrecision>(ArrayView<float> slots)
        where TPrecision : struct, ITilePrecision
    {
        var start = TPrecision.Slot * Tile.SlotStride;
        slots[start + TPrecision.Row(0)] = C00 + C01 + (C02 + C03);
        slots[start + TPrecision.Row(1)] = C10 + C11 + (C12 + C13);
        slots[start + TPrecision.Row(2)] = C20 + C21 + (C22 + C23);
        slots[start + TPrecision.Row(3)] = C30 + C31 + (C32 + C33);
    }

    private static void PutRow<TPrecision, TTarget>(TTarget target, int row, float a, float b, float c, float d)
        where TPrecision : struct, ITilePrecision
        where TTarget : struct, ITileTarget
    {
        target.Put(row, TPrecision.Column(0), a);
        target.Put(row, TPrecision.Column(1), b);
        target.Put(row, TPrecision.Column(2), c);
        target.Put(row, TPrecision.Column(3), d);
    }
}
