using System.Reflection;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda.Source;

namespace XlstmSam.KernelCompiler;

/// <summary>A kernel method closed over its types, and the name by which the host asks for it.</summary>
internal sealed record KernelMethod(string Name, MethodInfo Method, CudaKernelAttribute Attribute);

/// <summary>Finds the kernels and closes the generic ones: one kernel for each combination of types.</summary>
internal static class KernelCatalog
{
    private static readonly Type[] Formulas =
        [.. typeof(IUnaryFormula).Assembly.GetTypes().Where(t => t is { IsValueType: true, IsPublic: true }).OrderBy(t => t.Name, StringComparer.Ordinal)];

    public static IReadOnlyList<KernelMethod> All() =>
    [
        .. from type in typeof(CudaKernelAttribute).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let attribute = method.GetCustomAttribute<CudaKernelAttribute>()
           where attribute is not null
           from closed in Closed(method)
           let name = NameOf(closed)
           orderby name
           select new KernelMethod(name, closed, attribute),
    ];

    private static IEnumerable<MethodInfo> Closed(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return [method];
        }

        IEnumerable<Type[]> choices = [[]];
        foreach (var parameter in method.GetGenericArguments())
        {
            choices = [.. from chosen in choices from type in Instances(method, parameter) select (Type[])[.. chosen, type]];
        }

        return choices.Select(method.MakeGenericMethod);
    }

    private static IReadOnlyList<Type> Instances(MethodInfo method, Type parameter)
    {
        if (parameter.GetCustomAttribute<InstancesAttribute>() is { } listed)
        {
            return listed.Types;
        }

        var constraints = parameter.GetGenericParameterConstraints();
        return constraints.Contains(typeof(IUnaryFormula)) ? [.. Formulas.Where(t => t.IsAssignableTo(typeof(IUnaryFormula)))]
            : constraints.Contains(typeof(IBinaryFormula)) ? [.. Formulas.Where(t => t.IsAssignableTo(typeof(IBinaryFormula)))]
            : throw new InvalidOperationException(
                $"{method.DeclaringType!.Name}.{method.Name}: {parameter.Name} is neither a formula nor listed; put [Instances(typeof(...))] before it.");
    }

    private static string NameOf(MethodInfo method)
    {
        var types = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(t => t.Name))}>" : "";
        return $"{method.DeclaringType!.Name}.{method.Name}{types}";
    }
}
