namespace XlstmSam.Training.Metrics;

/// <summary>A point prompt in voxel coordinates, x fastest in memory; positive means "this voxel belongs to the object".</summary>
public readonly record struct Click(int X, int Y, int Z, bool Positive)
{
    /// <summary>The order in which the challenge files store a click: the indices of a C-order (z, y, x) array.</summary>
    public (int Z, int Y, int X) ArrayOrder => (Z, Y, X);

    /// <summary>'fg' or 'bg', the name of the list that the challenge files put the click into.</summary>
    public string Kind => Positive ? "fg" : "bg";
}
