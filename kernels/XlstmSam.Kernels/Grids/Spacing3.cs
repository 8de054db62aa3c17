namespace XlstmSam.Kernels.Grids;

/// <summary>The distance between neighbouring voxels along depth, height and width.</summary>
public readonly record struct Spacing3(double D, double H, double W);
