using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>Which files of a case are read where a manifest names both.</summary>
public enum CaseSource
{
    Nifti,
    Npz,
}

/// <summary>How a data set is opened.</summary>
/// <param name="Filter">A pattern of case ids with * and ?; null takes all.</param>
/// <param name="SpacingOrder">Of npz files where no manifest tells; null takes array order, with a warning where that looks reversed.</param>
/// <param name="Modality">Of every case, whatever the data set says.</param>
/// <param name="TrustManifest">False takes the spacing order from <paramref name="SpacingOrder"/> even beside a manifest, as the challenge's evaluator
/// would.</param>
public sealed record DataSetOptions(
    string? Filter = null, CaseSource Source = CaseSource.Nifti, SpacingOrder? SpacingOrder = null, Modality? Modality = null, bool TrustManifest = true)
{
    /// <summary>Whether a description may name files outside the data set's folder, by absolute paths or with "..".</summary>
    public bool AllowsOutside { get; init; }

    /// <summary>A second folder with the ground truth of challenge files: files of the same names with the array gts. Null where the files hold their
    /// own.</summary>
    public string? Truth { get; init; }
}
