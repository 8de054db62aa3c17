namespace XlstmSam.Training;

/// <summary>The files of one case as a dataset.json names them or its folders hold them.</summary>
/// <param name="Label">Null where it has none.</param>
/// <param name="Fold">The fold that its entry names, or null.</param>
internal sealed record CaseFiles(string Id, string Image, string? Label, CaseSplit Split, int? Fold = null);
