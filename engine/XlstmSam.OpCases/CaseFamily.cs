namespace XlstmSam.OpCases;

/// <summary>All cases of one op.</summary>
/// <param name="Stem">The op's stem: a kernel family's is the name of its property in the backend.</param>
/// <param name="Arithmetic">What the kernels multiply, which decides the bounds on devices that round the operands of products.</param>
/// <param name="Cases">Sizes and definitions.</param>
public sealed record CaseFamily(string Stem, Arithmetic Arithmetic, IReadOnlyList<OpCase> Cases)
{
    /// <summary>The same case on a device that stores volumes in bfloat16; null where the op has no such volumes.</summary>
    public Func<OpCase, OpCase>? Stored { get; init; }
}
