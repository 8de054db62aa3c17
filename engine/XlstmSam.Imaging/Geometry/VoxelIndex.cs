namespace XlstmSam.Imaging;

/// <summary>A voxel of a grid. Files of the challenge list the three numbers as z, y, x.</summary>
public readonly record struct VoxelIndex(int X, int Y, int Z)
{
    public Vector3d ToVector() => new(X, Y, Z);

    public override string ToString() => $"({X}, {Y}, {Z})";
}
