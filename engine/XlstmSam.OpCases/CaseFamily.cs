namespace XlstmSam.OpCases;

/// <summary>All cases of one op.</summary>
/// <param name="Stem">The op's stem: a kernel family's is the name of its property in the backend.</param>
public sealed record CaseFamily(string Stem, IReadOnlyList<OpCase> Cases);
