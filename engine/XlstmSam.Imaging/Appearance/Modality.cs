namespace XlstmSam.Imaging;

/// <summary>How an image was acquired; it decides how its intensities are scaled.</summary>
public enum Modality
{
    /// <summary>Nobody says: intensities are scaled by percentiles.</summary>
    Unknown,

    /// <summary>Computed tomography, in Hounsfield units: a window scales it.</summary>
    CT,

    /// <summary>Magnetic resonance of any sequence.</summary>
    MRI,

    /// <summary>Positron emission tomography and other emission images.</summary>
    PET,

    /// <summary>Ultrasound.</summary>
    Ultrasound,

    /// <summary>Light or electron microscopy.</summary>
    Microscopy,
}
