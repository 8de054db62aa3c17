namespace XlstmSam.Imaging;

/// <summary>What is known about a scan before it is read.</summary>
/// <param name="Volume">Which volume of a file that holds several, from 0; null where it must hold one.</param>
/// <param name="SpacingOrder">Of a spacing without named axes, where <paramref name="Spacing"/> does not
/// tell; null takes the format's own and warns where that looks wrong.</param>
/// <param name="Spacing">The voxel size in millimetres along x, y and z as a description of the data gives it; null where none does.</param>
public sealed record ScanReading(int? Volume = null, SpacingOrder? SpacingOrder = null, IReadOnlyList<double>? Spacing = null);
