namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The types that a generic parameter of a kernel takes: one compiled kernel for each.</summary>
[AttributeUsage(AttributeTargets.GenericParameter)]
public sealed class InstancesAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types => types;
}
