using CsCheck;
using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

/// <summary>A random mask on a small grid, for property tests.</summary>
public sealed record Mask(Size3 Size, byte[] Voxels)
{
    public Extent3 Extent => Size.ToExtent();
}

/// <summary>Generators and coordinates of small masks; the share of set voxels varies from none to all.</summary>
public static class Masks
{
    public static Gen<Mask> Generate(int extent) =>
        from x in Gen.Int[1, extent]
        from y in Gen.Int[1, extent]
        from z in Gen.Int[1, extent]
        from density in Gen.Int[0, 10]
        from draws in Gen.Int[0, 9].Array[x * y * z]
        select new Mask(new(x, y, z), [.. draws.Select(d => d < density ? (byte)1 : (byte)0)]);

    public static (int X, int Y, int Z) Place(int index, Size3 size) => (index % size.X, index / size.X % size.Y, index / size.X / size.Y);

    /// <summary>A mask of the given grid with the voxels that satisfy a rule.</summary>
    public static byte[] Where(Size3 size, Func<int, int, int, bool> rule)
    {
        var mask = new byte[size.Count];
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, y, z) = Place(i, size);
            mask[i] = rule(x, y, z) ? (byte)1 : (byte)0;
        }

        return mask;
    }
}
