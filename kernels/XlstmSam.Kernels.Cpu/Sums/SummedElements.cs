using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The elements themselves, for a plain column sum.</summary>
internal readonly unsafe struct SummedElements(float* x) : ISumTerms
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<T>(long index, long column, out T first, out T second)
        where T : unmanaged, ILane<T> => (first, second) = (LaneLoop.Load<T>(x + index), default);
}
