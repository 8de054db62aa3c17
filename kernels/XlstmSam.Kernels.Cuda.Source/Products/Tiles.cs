using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The part of a product that a block of four warps computes, each warp 32 or 64 rows and 32 columns of it.</summary>
internal interface ITile
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>Blocks of 32 rows per warp.</summary>
    static abstract int RowBlocks { get; }

    /// <summary>Address of the shared memory of the block; to be called once.</summary>
    static abstract uint Shared();
}

/// <summary>128 x 64: two by two warps.</summary>
internal readonly struct Broad : ITile
{
    public static int Rows => 128;

    public static int Columns => 64;

    public static int RowBlocks => 2;

    public static uint Shared()
    {
        CudaAsm.Emit(".shared .align 16 .b8 tiles[46080];");
        CudaAsm.Emit("mov.u32 %0, tiles;", out uint address);
        return address;
    }
}

/// <summary>128 x 32: four warps below each other, for few columns.</summary>
internal readonly struct Narrow : ITile
{
    public static int Rows => 128;

    public static int Columns => 32;

    public static int RowBlocks => 1;

    public static uint Shared()
    {
        CudaAsm.Emit(".shared .align 16 .b8 tiles[38400];");
        CudaAsm.Emit("mov.u32 %0, tiles;", out uint address);
        return address;
    }
}
