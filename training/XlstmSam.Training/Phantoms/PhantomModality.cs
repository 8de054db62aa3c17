namespace XlstmSam.Training.Phantoms;

/// <summary>The names of the modalities a phantom can look like, spelled as in a data set's manifest.</summary>
public static class PhantomModality
{
    public const string CT = "CT";
    public const string MRI = "MRI";
    public const string PET = "PET";
    public const string Ultrasound = "US";
    public const string Microscopy = "Microscopy";

    public static IReadOnlyList<string> All { get; } = [CT, MRI, PET, Ultrasound, Microscopy];
}
