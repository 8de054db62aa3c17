namespace XlstmSam.Imaging;

/// <summary>What a scan's file says beyond its voxels and geometry. A mask that is written in the same format keeps it.</summary>
public abstract record ScanHeader;
