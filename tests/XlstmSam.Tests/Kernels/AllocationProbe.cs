using System.Linq.Expressions;
using System.Reflection;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Tests.Kernels;

/// <summary>A backend whose kernel calls are repeated on the spot until one repetition allocates nothing; what never does is reported.</summary>
internal sealed class AllocationProbe(IBackend backend, Action<string> report) : IBackend
{
    public string Name => backend.Name;

    public ElementType VolumeType => backend.VolumeType;

    public IElementwise Elementwise => Wrap(backend.Elementwise);

    public IMatMul MatMul => Wrap(backend.MatMul);

    public IConv3d Conv3d => OnProcessor ? backend.Conv3d : Wrap(backend.Conv3d);

    public IConvTranspose3d ConvTranspose3d => Wrap(backend.ConvTranspose3d);

    public ICausalConv1d CausalConv1d => Wrap(backend.CausalConv1d);

    public IInstanceNorm InstanceNorm => Wrap(backend.InstanceNorm);

    public ILayerNorm LayerNorm => Wrap(backend.LayerNorm);

    public IHeadwiseLinear HeadwiseLinear => Wrap(backend.HeadwiseLinear);

    public IMlstmScan MlstmScan => OnProcessor ? backend.MlstmScan : Wrap(backend.MlstmScan);

    public IAttention Attention => Wrap(backend.Attention);

    public IResample3d Resample3d => Wrap(backend.Resample3d);

    public IMovement Movement => Wrap(backend.Movement);

    public IReduction Reduction => Wrap(backend.Reduction);

    public IDiceCe DiceCe => Wrap(backend.DiceCe);

    public IAdamW AdamW => Wrap(backend.AdamW);

    public IClickSimulation ClickSimulation => Wrap(backend.ClickSimulation);

    public IPointEncoding PointEncoding => Wrap(backend.PointEncoding);

    public IMaskOverlap MaskOverlap => Wrap(backend.MaskOverlap);

    public DeviceBuffer Allocate(long bytes) => backend.Allocate(bytes);

    public void Reserve(long scratchBytes) => backend.Reserve(scratchBytes);

    public long ScratchBytes(IGeometry geometry) => backend.ScratchBytes(geometry);

    public void Upload(ReadOnlySpan<float> source, View destination) => backend.Upload(source, destination);

    public void Upload(ReadOnlySpan<byte> source, U8View destination) => backend.Upload(source, destination);

    public void Upload(ReadOnlySpan<int> source, I32View destination) => backend.Upload(source, destination);

    public void Download(View source, Span<float> destination) => backend.Download(source, destination);

    public void Synchronize() => backend.Synchronize();

    public void Dispose()
    {
    }

    // There these two still allocate what their threads share.
    private bool OnProcessor => backend is CpuBackend;

    private T Wrap<T>(T family)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Family>();
        ((Family)(object)proxy).Set(family, report);
        return proxy;
    }

    /// <summary>One family of kernels. Methods that return something are questions about sizes, not kernels.</summary>
    public class Family : DispatchProxy
    {
        private const int CallsAtOnce = 4;
        private const int MostRounds = 100; // far more than until the compiler has settled

        private object? kernels;
        private Action<string>? report;

        internal void Set(object family, Action<string> receiver) => (kernels, report) = (family, receiver);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.ReturnType != typeof(void))
            {
                return targetMethod.Invoke(kernels, args);
            }

            var kernel = Call(targetMethod, args!);
            var (own, all) = (long.MaxValue, long.MaxValue);
            for (var round = 0; round < MostRounds && (own > 0 || all > 0); round++)
            {
                var (ownBefore, allBefore) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
                for (var call = 0; call < CallsAtOnce; call++)
                {
                    kernel();
                }

                own = Math.Min(own, GC.GetAllocatedBytesForCurrentThread() - ownBefore);
                all = Math.Min(all, GC.GetTotalAllocatedBytes(precise: true) - allBefore);
            }

            if (own > 0 || all > 0)
            {
                report!($"{targetMethod.DeclaringType!.Name}.{targetMethod.Name}: a call allocates {(double)own / CallsAtOnce} bytes on the caller, {(double)all / CallsAtOnce} on all threads; expected none.");
            }

            return null;
        }

        // Compiled, because a call by reflection allocates.
        private Action Call(MethodInfo method, object?[] values)
        {
            var arguments = method.GetParameters().Zip(values, (parameter, value) =>
                Expression.Constant(value, parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType));
            return Expression.Lambda<Action>(Expression.Call(Expression.Constant(kernels), method, arguments)).Compile();
        }
    }
}
