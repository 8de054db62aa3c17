using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Eight doubles: the accumulators of eight float columns.</summary>
internal readonly struct DoubleLanes(Vector256<double> low, Vector256<double> high)
{
    private readonly Vector256<double> low = low, high = high;

    public static DoubleLanes Of(Vector256<float> values)
    {
        var (low, high) = Vector256.Widen(values);
        return new(low, high);
    }

    public static DoubleLanes Of(double value) => new(Vector256.Create(value), Vector256.Create(value));

    public static unsafe DoubleLanes Load(double* source) => new(Vector256.Load(source), Vector256.Load(source + 4));

    public unsafe void Store(double* target)
    {
        low.Store(target);
        high.Store(target + 4);
    }

    public DoubleLanes Log() => new(Vector256.Log(low), Vector256.Log(high));

    public Vector256<float> ToFloat() => Vector256.Narrow(low, high);

    public static DoubleLanes operator +(DoubleLanes a, DoubleLanes b) => new(a.low + b.low, a.high + b.high);

    public static DoubleLanes operator -(DoubleLanes a, DoubleLanes b) => new(a.low - b.low, a.high - b.high);

    public static DoubleLanes operator *(DoubleLanes a, DoubleLanes b) => new(a.low * b.low, a.high * b.high);

    public static DoubleLanes operator /(DoubleLanes a, DoubleLanes b) => new(a.low / b.low, a.high / b.high);
}
