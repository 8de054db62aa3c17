using System.Diagnostics;
using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

internal sealed unsafe class ElementwiseCpu(WorkerPool pool) : IElementwise
{
    private readonly BroadcastSum broadcastSum = new(pool);

    public long ScratchBytes(in BinaryGeometry geometry) => 0;

    public void Fill(View y, float value) => Map(new FillBody(CpuBuffer.Floats(y), value), y.Length);

    public void Cast(View x, View y) => Unary<Identity>(x, y);

    public void AddScaled(View x, float scale, View y)
    {
        Debug.Assert(x.Length == y.Length, "AddScaled: x and y have one length.");
        Map(new AddScaledBody(CpuBuffer.Floats(x), scale, CpuBuffer.Floats(y)), y.Length);
    }

    public void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula
    {
        Debug.Assert(x.Length == y.Length, "Unary: x and y have one length.");
        Map(new UnaryBody<TFormula>(CpuBuffer.Floats(x), CpuBuffer.Floats(y)), y.Length);
    }

    public void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula
    {
        if (dx.IsNone)
        {
            return;
        }

        Debug.Assert(dy.Length == x.Length && dx.Length == x.Length, "UnaryBackward: dy, x and dx have one length.");
        Map(new UnaryBackwardBody<TFormula>(CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(dx)), x.Length);
    }

    public void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula
    {
        Debug.Assert(a.Length == geometry.Length && y.Length == geometry.Length && b.Length == geometry.Period, "Binary: lengths match the geometry.");
        using var room = pool.Scratch.Borrow(RepeatedRow.WidestRepeat);
        var row = Repeated(geometry, CpuBuffer.Floats(b), room.Start, out var width);
        Map(new BinaryBody<TFormula>(CpuBuffer.Floats(a), row, CpuBuffer.Floats(y)), geometry.Length, width);
    }

    public void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula
    {
        Debug.Assert(dy.Length == geometry.Length && a.Length == geometry.Length && b.Length == geometry.Period, "BinaryBackward: lengths match the geometry.");
        using var room = pool.Scratch.Borrow(RepeatedRow.WidestRepeat);
        var row = Repeated(geometry, CpuBuffer.Floats(b), room.Start, out var width);
        if (!da.IsNone)
        {
            Map(new BackwardABody<TFormula>(CpuBuffer.Floats(dy), CpuBuffer.Floats(a), row, CpuBuffer.Floats(da)), geometry.Length, width);
        }

        if (db.IsNone)
        {
            return;
        }

        if (geometry.Outer == 1)
        {
            Map(new BackwardBBody<TFormula>(CpuBuffer.Floats(dy), CpuBuffer.Floats(a), row, CpuBuffer.Floats(db)), geometry.Length);
        }
        else
        {
            broadcastSum.Add(new BackwardBTerms<TFormula>(CpuBuffer.Floats(dy), CpuBuffer.Floats(a), row), geometry, CpuBuffer.Floats(db));
        }
    }

    /// <summary>A short repeated operand is laid out several times, so that rows fill registers.</summary>
    private static float* Repeated(in BinaryGeometry geometry, float* b, float* room, out long width)
    {
        if (geometry.Outer == 1 || geometry.Period > BroadcastSum.NarrowColumns)
        {
            width = Math.Max(1, geometry.Period);
            return b;
        }

        var tile = new RepeatedRow((int)geometry.Period);
        width = tile.Width;
        if (width == geometry.Period)
        {
            return b;
        }

        tile.Expand(b, room);
        return room;
    }

    private void Map<TBody>(TBody body, long length)
        where TBody : struct, ILaneBody
    {
        var blocks = Partition.Of(length);
        pool.Run(blocks.Blocks, new RunJob<TBody>(body, blocks));
    }

    private void Map<TBody>(TBody body, long length, long width)
        where TBody : struct, ILaneBody
    {
        var blocks = Partition.Of(length, width <= Partition.Grain ? width : 1);
        pool.Run(blocks.Blocks, new RowsJob<TBody>(body, blocks, width));
    }

    private readonly struct FillBody(float* y, float value) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Store(y + index, T.Of(value));
    }

    private readonly struct AddScaledBody(float* x, float scale, float* y) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Add(y + index, T.Of(scale) * Load<T>(x + index));
    }

    private readonly struct UnaryBody<TFormula>(float* x, float* y) : ILaneBody
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Store(y + index, TFormula.Forward(Load<T>(x + index)));
    }

    private readonly struct UnaryBackwardBody<TFormula>(float* dy, float* x, float* dx) : ILaneBody
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Add(dx + index, TFormula.Backward(Load<T>(x + index), Load<T>(dy + index)));
    }

    private readonly struct BinaryBody<TFormula>(float* a, float* b, float* y) : ILaneBody
        where TFormula : struct, IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Store(y + index, TFormula.Forward(Load<T>(a + index), Load<T>(b + column)));
    }

    private readonly struct BackwardABody<TFormula>(float* dy, float* a, float* b, float* da) : ILaneBody
        where TFormula : struct, IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Add(da + index, TFormula.BackwardA(Load<T>(a + index), Load<T>(b + column), Load<T>(dy + index)));
    }

    private readonly struct BackwardBBody<TFormula>(float* dy, float* a, float* b, float* db) : ILaneBody
        where TFormula : struct, IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(long index, long column)
            where T : unmanaged, ILane<T> => Add(db + index, TFormula.BackwardB(Load<T>(a + index), Load<T>(b + index), Load<T>(dy + index)));
    }

    private readonly struct BackwardBTerms<TFormula>(float* dy, float* a, float* b) : ISumTerms
        where TFormula : struct, IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = TFormula.BackwardB(Load<T>(a + index), Load<T>(b + column), Load<T>(dy + index));
            second = default;
        }
    }
}
