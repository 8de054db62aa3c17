namespace XlstmSam.Kernels.Cuda;

/// <summary>The extent of a grid in blocks, or of a block in threads. X runs fastest and may be large; Y and Z go up to 65535.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    public static implicit operator Dim3(int x) => new(x);
}
