namespace XlstmSam.Imaging;

/// <summary>The statistics of a z-normalisation and how many voxels they come from.</summary>
public readonly record struct ZNorm(double Mean, double Deviation, long Count);
