using System.Reflection;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>No kernel without cases: the cases of a family call every method of its contract.</summary>
public sealed class CoverageTests
{
    private const int BFloat16Bits = 8;

    [Fact]
    public void EveryKernelIsCalledByTheCasesOfItsFamily()
    {
        var missing = new List<string>();
        foreach (var family in typeof(IBackend).GetProperties().Where(p => p.PropertyType.IsInterface))
        {
            var kernels = family.PropertyType.GetMethods().Where(method => method.ReturnType == typeof(void)).Select(method => method.Name).ToHashSet();
            var called = CalledBy(Catalog.Rounded(BFloat16Bits).Where(cases => Covers(cases.Stem, family.Name)).SelectMany(cases => cases.Cases), family.PropertyType);
            missing.AddRange(kernels.Except(called).Select(kernel => $"{family.Name}.{kernel}"));
        }

        Assert.True(missing.Count == 0, $"No case calls {string.Join(", ", missing)}: add one to the cases of that stem.");
    }

    [Fact]
    public void NoCatalogEntryIsEmpty() => Assert.Empty(Catalog.Families.Where(family => family.Cases.Count == 0).Select(family => family.Stem));

    // What a convolution leaves for the norm behind it is the business of the fused op's cases, accumulating products that of a linear layer's, and
    // casts that of the volumes a device stores in bfloat16.
    private static bool Covers(string stem, string family) =>
        stem == family || (stem, family) is ("ConvNormAct", "Conv3d" or "InstanceNorm") or ("Linear", "MatMul" or "Reduction") or ("Conv3d", "Elementwise");

    private static HashSet<string> CalledBy(IEnumerable<OpCase> cases, Type family)
    {
        using var cpu = new CpuBackend(threads: 1);
        using var counting = new CountingBackend(cpu);
        using var calls = new CallProbe(counting);
        foreach (var op in cases)
        {
            using var arena = Arena.Planning(counting.Nowhere);
            CasePass.Run(calls, arena, op);
        }

        return [.. calls.Called.Where(method => method.DeclaringType == family).Select(method => method.Name)];
    }

    /// <summary>A backend that stores volumes in bfloat16 and notes which methods of its families are called.</summary>
    private sealed class CallProbe(IBackend backend) : DelegatingBackend(backend)
    {
        public HashSet<MethodInfo> Called { get; } = [];

        public override ElementType VolumeType => ElementType.BFloat16;

        protected override TFamily Wrap<TFamily>(TFamily family)
        {
            var proxy = DispatchProxy.Create<TFamily, Family>();
            ((Family)(object)proxy).Set(family, Called);
            return proxy;
        }
    }

    /// <summary>One family of kernels; open to the proxy that derives from it.</summary>
    public class Family : DispatchProxy
    {
        private object? kernels;
        private HashSet<MethodInfo>? called;

        internal void Set(object family, HashSet<MethodInfo> log) => (kernels, called) = (family, log);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            called!.Add(targetMethod!);
            return targetMethod!.Invoke(kernels, args);
        }
    }
}
