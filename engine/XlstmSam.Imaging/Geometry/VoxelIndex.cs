namespace XlstmSam.Imaging;

/// <summary>A voxel of a grid. Files of the challenge list the three numbers as z, y, x.</summary>
public readonly record struct VoxelIndex(int X, int Y, int Z)
{
    /// <summary>The centre of the voxel as a continuous index.</summary>
    public Vector3d ToVector() => new(X, Y, Z);

    /// <summary>"(x, y, z)".</summary>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
