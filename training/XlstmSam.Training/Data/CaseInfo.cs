using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>One case of a data set, before its voxels are read.</summary>
/// <param name="Id">Unique in the data set, and fit for a file name.</param>
/// <param name="Modality">Unknown where neither the data set nor the user says; the voxels may still tell.</param>
/// <param name="Subject">Whom the case shows: cases of one subject stay on one side of a split.</param>
/// <param name="HasLabels">Without labels a case serves inference only.</param>
public sealed record CaseInfo(string Id, Modality Modality, CaseSplit Split, string Subject, bool HasLabels, ICaseReader Reader)
{
    /// <summary>Reads or makes the voxels.</summary>
    public LoadedCase Load() => Reader.Read(this);

    /// <summary>The file name of the challenge for this case: its id, with the modality in front unless it begins with one, as in
    /// MRI_hippocampus_001.npz.</summary>
    public string ChallengeName
    {
        get
        {
            var prefix = Modality == Modality.Ultrasound ? "US" : Modality.ToString();
            return Modality == Modality.Unknown || (Id.AsSpan().IndexOfAny('_', '-', '.') is > 0 and var end && ModalityNames.IsFilePrefix(Id[..end]))
                ? $"{Id}.npz"
                : $"{prefix}_{Id}.npz";
        }
    }
}
