namespace XlstmSam.Imaging;

/// <summary>What a scan's own file says about one object in it: clicks in the order they were made, and perhaps a box.</summary>
/// <param name="Clicks">Voxels in the file's own axis order, and whether each is on the object.</param>
/// <param name="Box">Half open, or null.</param>
public sealed record ScanPrompts(IReadOnlyList<(VoxelIndex Voxel, bool IsPositive)> Clicks, VoxelBox? Box);
