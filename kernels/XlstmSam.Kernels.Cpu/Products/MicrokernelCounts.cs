namespace XlstmSam.Kernels.Cpu;

// Rows and vectors of a tile as types, so that each tile is an instantiation of its own.
internal static unsafe partial class Microkernel
{
    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct One : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Two : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Rows1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Rows2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Rows3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct Rows4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct Rows5 : ICount
    {
        public static int Value => 5;
    }

    private readonly struct Rows6 : ICount
    {
        public static int Value => 6;
    }

    private readonly struct Rows7 : ICount
    {
        public static int Value => 7;
    }

    private readonly struct Rows8 : ICount
    {
        public static int Value => 8;
    }

    private readonly struct Rows9 : ICount
    {
        public static int Value => 9;
    }

    private readonly struct Rows10 : ICount
    {
        public static int Value => 10;
    }

    private readonly struct Rows11 : ICount
    {
        public static int Value => 11;
    }

    private readonly struct Rows12 : ICount
    {
        public static int Value => 12;
    }
}
