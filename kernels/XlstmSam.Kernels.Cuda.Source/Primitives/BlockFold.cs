using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Whole numbers of a block of 256 threads folded into one, which every thread gets.</summary>
internal static class BlockFold
{
    public const int BlockSize = 256;

    /// <param name="room">One element per thread.</param>
    public static int Sum(ArrayView<int> room, int value)
    {
        room[Group.IdxX] = value;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset > 0; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                room[Group.IdxX] += room[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        var total = room[0];
        Group.Barrier();
        return total;
    }

    /// <param name="room">One element per thread.</param>
    public static long Max(ArrayView<long> room, long value)
    {
        room[Group.IdxX] = value;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset > 0; offset >>= 1)
        {
            if (Group.IdxX < offset && room[Group.IdxX + offset] > room[Group.IdxX])
            {
                room[Group.IdxX] = room[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        var largest = room[0];
        Group.Barrier();
        return largest;
    }
}
