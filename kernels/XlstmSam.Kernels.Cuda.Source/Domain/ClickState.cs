using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// What is known of one mask while its click is sought: four numbers, the largest component in the first two, the greatest depth in the third.
/// </summary>
internal readonly struct ClickState(ArrayView<int> state, int mask)
{
    private readonly long component = state.Cast<long>()[2L * mask];

    /// <summary>Whether there is an error.</summary>
    public bool IsWrong => component != 0;

    /// <summary>The first voxel of the largest component.</summary>
    public int First => int.MaxValue - (int)component;

    /// <summary>A number that is greater for a larger component, and for one that begins earlier among equals; 0 for none.</summary>
    public static long Key(int size, int first) => size == 0 ? 0 : ((long)size << 32) | (uint)(int.MaxValue - first);
}
