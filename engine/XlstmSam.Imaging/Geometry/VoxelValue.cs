namespace XlstmSam.Imaging;

/// <summary>The number that a voxel contributes to an interpolation.</summary>
internal interface IVoxelValue<T>
{
    float Of(T voxel);
}

/// <summary>Intensities count as they are.</summary>
internal readonly struct IntensityValue : IVoxelValue<float>
{
    public float Of(float voxel) => voxel;
}

/// <summary>1 for one label, 0 for every other.</summary>
internal readonly struct LabelValue<T>(T label) : IVoxelValue<T>
    where T : unmanaged, IEquatable<T>
{
    public float Of(T voxel) => voxel.Equals(label) ? 1 : 0;
}
