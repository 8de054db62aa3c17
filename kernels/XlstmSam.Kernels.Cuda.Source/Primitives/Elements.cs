using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>How the elements of a volume are stored; arithmetic on them is in float32.</summary>
public interface IElement<TSelf>
    where TSelf : unmanaged, IElement<TSelf>
{
    static abstract float Load(ArrayView<TSelf> x, long index);

    static abstract void Store(ArrayView<TSelf> y, long index, float value);

    /// <summary>Four neighbours that lie at a multiple of their size.</summary>
    /// <param name="index">Of the first.</param>
    static abstract Float4 LoadFour(ArrayView<TSelf> x, long index);

    static abstract void StoreFour(ArrayView<TSelf> y, long index, Float4 value);
}

public struct FloatElement : IElement<FloatElement>
{
    private float value;

    public static float Load(ArrayView<FloatElement> x, long index) => x[index].value;

    public static void Store(ArrayView<FloatElement> y, long index, float value) => y[index] = new() { value = value };

    public static Float4 LoadFour(ArrayView<FloatElement> x, long index) => x.Cast<Float4>()[index >> 2];

    public static void StoreFour(ArrayView<FloatElement> y, long index, Float4 value) => y.Cast<Float4>()[index >> 2] = value;
}

/// <summary>The upper half of a float, to the nearest, halves to even.</summary>
public struct BFloatElement : IElement<BFloatElement>
{
    private ushort bits;

    public static float Load(ArrayView<BFloatElement> x, long index) => Upper((uint)x[index].bits << 16);

    public static void Store(ArrayView<BFloatElement> y, long index, float value) => y[index] = new() { bits = (ushort)Round(value, 0) };

    public static Float4 LoadFour(ArrayView<BFloatElement> x, long index)
    {
        var pairs = x.Cast<BFloatPairs>()[index >> 2];
        return new(Upper(pairs.Low << 16), Upper(pairs.Low), Upper(pairs.High << 16), Upper(pairs.High));
    }

    public static void StoreFour(ArrayView<BFloatElement> y, long index, Float4 value) =>
        y.Cast<BFloatPairs>()[index >> 2] = new() { Low = Round(value.X, value.Y), High = Round(value.Z, value.W) };

    /// <summary>Two in one register: one instruction. NaN stays NaN, infinities stay.</summary>
    internal static uint Round(float low, float high)
    {
        CudaAsm.Emit("cvt.rn.bf16x2.f32 %0, %1, %2;", out uint pair, high, low);
        return pair;
    }

    private static float Upper(uint bits) => Interop.IntAsFloat(bits & 0xffff0000);
}

/// <summary>Four neighbours of two bytes.</summary>
public struct BFloatPairs
{
    public uint Low;
    public uint High;
}
