using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The sweeps of the instance norm over (N, Voxels, C), as <see cref="QuadPlan"/> shares them out. The formula is the activation; its gradient
/// is taken at y. All arithmetic is in float32, however the volumes are stored.
/// </summary>
public static class InstanceNormKernels
{
    private const int MinBlocks = 4;

    /// <summary>y = act((x - mean) (gamma rstd) + beta + residual); two rows at a time.</summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Normalise<[Instances(typeof(Identity), typeof(Relu), typeof(LeakyRelu))] TFormula, [Instances(typeof(Aligned), typeof(Loose))] TAccess,
        [Instances(typeof(FloatElement), typeof(BFloatElement))] TElement>(
        ArrayView<TElement> x, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<TElement> residual, ArrayView<TElement> y, ArrayView<float> mean,
        ArrayView<float> rstd, QuadPlan plan)
        where TFormula : struct, IUnaryFormula
        where TAccess : struct, IQuadAccess
        where TElement : unmanaged, IElement<TElement>
    {
        var own = new QuadColumn(plan);
        if (own.Valid <= 0)
        {
            return;
        }

        var average = TAccess.Load(mean, own.Plane, own.Valid);
        var scale = TAccess.Load(gamma, own.First, own.Valid) * TAccess.Load(rstd, own.Plane, own.Valid);
        var offset = TAccess.Load(beta, own.First, own.Valid);
        var (row, pitch) = (own.Row, (long)own.Step * plan.Columns);
        var at = own.Start + (row * plan.Columns);
        for (; row + own.Step < own.EndRow; row += 2L * own.Step, at += 2 * pitch)
        {
            var (a, b) = (TAccess.Load(x, at, own.Valid), TAccess.Load(x, at + pitch, own.Valid));
            var (c, d) = (Residual<TAccess, TElement>(residual, at, own.Valid), Residual<TAccess, TElement>(residual, at + pitch, own.Valid));
            TAccess.Store(y, at, own.Valid, Forward<TFormula>(((a - average) * scale) + offset + c));
            TAccess.Store(y, at + pitch, own.Valid, Forward<TFormula>(((b - average) * scale) + offset + d));
        }

        if (row < own.EndRow)
        {
            var value = ((TAccess.Load(x, at, own.Valid) - average) * scale) + offset + Residual<TAccess, TElement>(residual, at, own.Valid);
            TAccess.Store(y, at, own.Valid, Forward<TFormula>(value));
        }
    }

    /// <summary>Σ g and Σ g xhat of every block, g = dy act'(y), to partial (N, Shares, 2, C).</summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Sums<[Instances(typeof(Identity), typeof(Relu), typeof(LeakyRelu))] TFormula, [Instances(typeof(Aligned), typeof(Loose))] TAccess,
        [Instances(typeof(FloatElement), typeof(BFloatElement))] TElement>(
        ArrayView<TElement> dy, ArrayView<TElement> x, ArrayView<TElement> y, ArrayView<float> mean, ArrayView<float> rstd,
        ArrayView<float> partial, QuadPlan plan)
        where TFormula : struct, IUnaryFormula
        where TAccess : struct, IQuadAccess
        where TElement : unmanaged, IElement<TElement>
    {
        var room = SharedMemory.Allocate<Float4>(QuadPlan.BlockSize);
        var own = new QuadColumn(plan);
        Float4 sum = default, product = default, average = default, inverse = default;
        if (own.Valid > 0)
        {
            (average, inverse) = (TAccess.Load(mean, own.Plane, own.Valid), TAccess.Load(rstd, own.Plane, own.Valid));
        }

        var at = own.Start + (own.Row * plan.Columns);
        for (var row = own.Row; row < own.EndRow; row += own.Step, at += (long)own.Step * plan.Columns)
        {
            var g = Backward<TFormula>(TAccess.Load(y, at, own.Valid), TAccess.Load(dy, at, own.Valid));
            sum += g;
            product += g * ((TAccess.Load(x, at, own.Valid) - average) * inverse);
        }

        sum = own.Fold(room, sum);
        product = own.Fold(room, product);
        if (own.IsFirst)
        {
            TAccess.Store(partial, own.Partial, own.Valid, sum);
            TAccess.Store(partial, own.Partial + plan.Columns, own.Valid, product);
        }
    }

    /// <summary>dx = gamma rstd (g - mean(g) - xhat mean(g xhat)) and dresidual = g, or += them; an absent one is empty.</summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Gradient<[Instances(typeof(Identity), typeof(Relu), typeof(LeakyRelu))] TFormula, [Instances(typeof(Aligned), typeof(Loose))] TAccess,
        [Instances(typeof(FloatElement), typeof(BFloatElement))] TElement>(
        ArrayView<TElement> dy, ArrayView<TElement> x, ArrayView<TElement> y, ArrayView<float> gamma, ArrayView<float> mean, ArrayView<float> rstd,
        ArrayView<float> means, ArrayView<TElement> dx, ArrayView<TElement> dresidual, QuadPlan plan, int replacesX, int replacesDy)
        where TFormula : struct, IUnaryFormula
        where TAccess : struct, IQuadAccess
        where TElement : unmanaged, IElement<TElement>
    {
        var own = new QuadColumn(plan);
        if (own.Valid <= 0)
        {
            return;
        }

        Float4 average = default, inverse = default, scale = default, meanGradient = default, meanProduct = default;
        if (dx.Length > 0)
        {
            (average, inverse) = (TAccess.Load(mean, own.Plane, own.Valid), TAccess.Load(rstd, own.Plane, own.Valid));
            scale = TAccess.Load(gamma, own.First, own.Valid) * inverse;
            var plane = own.Plane + ((long)Grid.IdxZ * plan.Columns);
            (meanGradient, meanProduct) = (TAccess.Load(means, plane, own.Valid), TAccess.Load(means, plane + plan.Columns, own.Valid));
        }

        var at = own.Start + (own.Row * plan.Columns);
        for (var row = own.Row; row < own.EndRow; row += own.Step, at += (long)own.Step * plan.Columns)
        {
            var g = Backward<TFormula>(TAccess.Load(y, at, own.Valid), TAccess.Load(dy, at, own.Valid));
            if (dx.Length > 0)
            {
                var value = scale * (g - meanGradient - ((TAccess.Load(x, at, own.Valid) - average) * inverse * meanProduct));
                TAccess.Store(dx, at, own.Valid, replacesX != 0 ? value : TAccess.Load(dx, at, own.Valid) + value);
            }

            if (dresidual.Length > 0)
            {
                TAccess.Store(dresidual, at, own.Valid, replacesDy != 0 ? g : TAccess.Load(dresidual, at, own.Valid) + g);
            }
        }
    }

    private static Float4 Residual<TAccess, TElement>(ArrayView<TElement> residual, long at, int valid)
        where TAccess : struct, IQuadAccess
        where TElement : unmanaged, IElement<TElement> => residual.Length > 0 ? TAccess.Load(residual, at, valid) : default;

    private static Float4 Forward<TFormula>(Float4 x)
        where TFormula : struct, IUnaryFormula =>
        new(Forward<TFormula>(x.X), Forward<TFormula>(x.Y), Forward<TFormula>(x.Z), Forward<TFormula>(x.W));

    private static float Forward<TFormula>(float x)
        where TFormula : struct, IUnaryFormula => TFormula.Forward(new GpuLane(x)).Value;

    private static Float4 Backward<TFormula>(Float4 y, Float4 dy)
        where TFormula : struct, IUnaryFormula =>
        new(Backward<TFormula>(y.X, dy.X), Backward<TFormula>(y.Y, dy.Y), Backward<TFormula>(y.Z, dy.Z), Backward<TFormula>(y.W, dy.W));

    private static float Backward<TFormula>(float y, float dy)
        where TFormula : struct, IUnaryFormula => TFormula.Backward(new GpuLane(y), new GpuLane(dy)).Value;
}
