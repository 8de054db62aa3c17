namespace XlstmSam.Imaging;

/// <summary>A click to draw: green on the object, red on what is not it.</summary>
public readonly record struct PreviewClick(VoxelIndex Voxel, bool IsForeground);
