using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Elementwise kernels between volumes that are stored in different ways. The first 4 quads elements go four at a time, the rest one by one.</summary>
public static class ConversionKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Fill(ArrayView<BFloatElement> y, float value, long quads)
    {
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            BFloatElement.StoreFour(y, 4 * i, new(value, value, value, value));
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            BFloatElement.Store(y, i, value);
        }
    }

    /// <summary>y = x.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Cast<[Instances(typeof(FloatElement), typeof(BFloatElement))] TX, [Instances(typeof(FloatElement), typeof(BFloatElement))] TY>(
        ArrayView<TX> x, ArrayView<TY> y, long quads)
        where TX : unmanaged, IElement<TX>
        where TY : unmanaged, IElement<TY>
    {
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            TY.StoreFour(y, 4 * i, TX.LoadFour(x, 4 * i));
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            TY.Store(y, i, TX.Load(x, i));
        }
    }

    /// <summary>y += scale x.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void AddScaled<[Instances(typeof(FloatElement), typeof(BFloatElement))] TX, [Instances(typeof(FloatElement), typeof(BFloatElement))] TY>(
        ArrayView<TX> x, float scale, ArrayView<TY> y, long quads)
        where TX : unmanaged, IElement<TX>
        where TY : unmanaged, IElement<TY>
    {
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            TY.StoreFour(y, 4 * i, TY.LoadFour(y, 4 * i) + (TX.LoadFour(x, 4 * i) * scale));
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            TY.Store(y, i, TY.Load(y, i) + (scale * TX.Load(x, i)));
        }
    }
}
