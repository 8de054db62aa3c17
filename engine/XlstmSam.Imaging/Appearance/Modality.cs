namespace XlstmSam.Imaging;

/// <summary>How an image was acquired; it decides how its intensities are scaled.</summary>
public enum Modality
{
    Unknown,
    CT,
    MRI,
    PET,
    Ultrasound,
    Microscopy,
}
