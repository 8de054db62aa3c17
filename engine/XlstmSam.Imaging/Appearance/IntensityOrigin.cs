namespace XlstmSam.Imaging;

/// <summary>Where intensities come from, which decides whether they may already be scaled to [0, 255].</summary>
public enum IntensityOrigin
{
    /// <summary>Numbers as the scanner gave them.</summary>
    Measured,

    /// <summary>A NIfTI file of unscaled uint8 voxels.</summary>
    EightBit,

    /// <summary>A challenge npz, whose images are prepared to [0, 255].</summary>
    Npz,
}
