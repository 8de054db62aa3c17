namespace XlstmSam.PtxInterpreter;

/// <summary>The extent of a grid or a block, or a place in it; x runs fastest.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    public int Count => X * Y * Z;

    /// <summary>The place of a linear index in this extent.</summary>
    public Dim3 At(int linear) => new(linear % X, linear / X % Y, linear / (X * Y));

    public override string ToString() => $"({X}, {Y}, {Z})";
}
