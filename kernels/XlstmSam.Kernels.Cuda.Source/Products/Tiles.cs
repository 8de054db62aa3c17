using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The part of a product that a block of four warps computes: each warp one or two blocks of 32 rows below each other, and as many columns of
/// blocks, which lie <see cref="HalfColumns"/> apart.
/// </summary>
internal interface ITile
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>Blocks of 32 rows per warp.</summary>
    static abstract int RowBlocks { get; }

    /// <summary>Columns that go to y at once: all of them, or half where a warp has two columns of blocks.</summary>
    static abstract int HalfColumns { get; }

    /// <summary>Steps of 16 terms that shared memory holds.</summary>
    static abstract int Stages { get; }

    /// <summary>Address of the shared memory of the block; to be called once.</summary>
    static abstract uint Shared();
}

/// <summary>128 x 128, 64 x 64 a warp: shared memory is read least, for products with many blocks.</summary>
internal readonly struct Large : ITile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int RowBlocks => 2;

    public static int HalfColumns => 64;

    public static int Stages => 2;

    public static uint Shared()
    {
        CudaAsm.Emit(".shared .align 16 .b8 tiles[40960];");
        CudaAsm.Emit("mov.u32 %0, tiles;", out uint address);
        return address;
    }
}

/// <summary>128 x 64, 64 x 32 a warp.</summary>
internal readonly struct Broad : ITile
{
    public static int Rows => 128;

    public static int Columns => 64;

    public static int RowBlocks => 2;

    public static int HalfColumns => 64;

    public static int Stages => 3;

    public static uint Shared()
    {
        CudaAsm.Emit(".shared .align 16 .b8 tiles[46080];");
        CudaAsm.Emit("mov.u32 %0, tiles;", out uint address);
        return address;
    }
}

/// <summary>128 x 32, 32 x 32 a warp, for few columns.</summary>
internal readonly struct Narrow : ITile
{
    public static int Rows => 128;

    public static int Columns => 32;

    public static int RowBlocks => 1;

    public static int HalfColumns => 32;

    public static int Stages => 3;

    public static uint Shared()
    {
        CudaAsm.Emit(".shared .align 16 .b8 tiles[38400];");
        CudaAsm.Emit("mov.u32 %0, tiles;", out uint address);
        return address;
    }
}
