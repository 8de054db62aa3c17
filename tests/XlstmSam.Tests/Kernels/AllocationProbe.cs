using System.Linq.Expressions;
using System.Reflection;
using XlstmSam.Kernels;

namespace XlstmSam.Tests.Kernels;

/// <summary>A backend whose kernel calls are repeated on the spot until one repetition allocates nothing; what never does is reported.</summary>
internal sealed class AllocationProbe(IBackend backend, Action<string> report) : DelegatingBackend(backend)
{
    protected override TFamily Wrap<TFamily>(TFamily family)
    {
        var proxy = DispatchProxy.Create<TFamily, Family>();
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
