namespace XlstmSam.Kernels.Cuda;

/// <summary>The shape of a resize as its kernels take it.</summary>
public readonly record struct ResampleShape(int N, int InD, int InH, int InW, int OutD, int OutH, int OutW, int C)
{
    /// <summary>Threads of a voxel.</summary>
    public int Quads => (C + 3) / 4;
}
