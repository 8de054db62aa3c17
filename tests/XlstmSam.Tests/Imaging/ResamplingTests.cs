using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ResamplingTests
{
    private static readonly Affine3 Oblique = new(new(1.1, 0.2, 0), new(-0.2, 0.9, 0.1), new(0.05, -0.1, 1.6), new(-3, 2, 1));

    public static TheoryData<string, Affine3, Size3> Targets() => new()
    {
        { "finer", new(new(0.4, 0, 0), new(0, 0.7, 0), new(0, 0, 0.5), new(-1, -1, -1)), new(19, 12, 15) },
        { "coarser", Affine3.Scale(2, 3, 2.5), new(4, 3, 3) },
        { "permuted", new(new(0, 0, 0.6), new(-0.8, 0, 0), new(0, 1.2, 0), new(5, 0, 0)), new(9, 8, 7) },
        { "oblique", new(new(0.8, 0.3, 0), new(-0.3, 0.8, 0.2), new(0, -0.2, 0.9), new(0.3, -0.4, 0.1)), new(9, 9, 9) },
        { "same", Affine3.Identity, new(7, 6, 5) },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void AgreesWithTheDefinition(string name, Affine3 target, Size3 size)
    {
        foreach (var source in new[] { Affine3.Identity, Oblique })
        {
            foreach (var sourceSize in new[] { new Size3(7, 6, 5), new Size3(7, 6, 1) })
            {
                var random = new Random(7);
                var volume = new Volume<float>(
                    new(sourceSize, source), [.. Enumerable.Range(0, (int)sourceSize.Count).Select(_ => (float)random.NextDouble())]);
                var geometry = new VolumeGeometry(size, target);
                var (linear, nearest) = (Resampling.Linear(volume, geometry, -9), Resampling.Nearest(volume, geometry, -9f));
                var inside = 0;
                for (var z = 0; z < size.Z; z++)
                {
                    for (var y = 0; y < size.Y; y++)
                    {
                        for (var x = 0; x < size.X; x++)
                        {
                            var p = volume.Geometry.ToVoxel(geometry.ToWorld(new(x, y, z)));
                            Assert.Equal(LinearAt(volume, p), linear[x, y, z], 1e-5);
                            Assert.Equal(NearestAt(volume, p), nearest[x, y, z]);
                            inside += linear[x, y, z] != -9 ? 1 : 0;
                        }
                    }
                }

                Assert.True(inside > 0 || source != Affine3.Identity, name);
            }
        }
    }

    [Fact]
    public void ResampleGeometryKeepsTheCorner()
    {
        var geometry = new VolumeGeometry(new(10, 11, 1), new(new(0, 0.75, 0), new(-1.5, 0, 0), new(0, 0, 5), new(1, 2, 3)));
        var resampled = Resampling.ResampleGeometry(geometry, new(1.5, 1.5, 1.5));
        Assert.Equal(new Size3(5, 11, 4), resampled.Size);
        Assert.Equal(0, (resampled.ToWorld(new(-0.5, -0.5, -0.5)) - geometry.ToWorld(new(-0.5, -0.5, -0.5))).Length, 1e-12);
        Assert.Equal(1.5, resampled.Spacing.X, 1e-12);
        Assert.Equal(1.5, resampled.Spacing.Z, 1e-12);

        // A spacing with the rounding of single precision gains no extra voxel.
        Assert.Equal(128, Resampling.ResampleGeometry(new(new(128, 1, 1), Affine3.Scale((float)1.1, 1, 1)), new(1.1, 1, 1)).Size.X);
    }

    [Fact]
    public void AMaskSurvivesTheWayThereAndBack()
    {
        var geometry = new VolumeGeometry(new(12, 14, 9), Oblique);
        var mask = new Volume<byte>(geometry, new byte[geometry.Size.Count]);
        for (var i = 0; i < 4 * 5 * 3; i++)
        {
            mask[3 + (i % 4), 5 + (i / 4 % 5), 2 + (i / 20)] = 1;
        }

        var fine = Resampling.ResampleGeometry(geometry, new(0.3, 0.3, 0.4));
        Assert.Equal(mask.Voxels, Resampling.Nearest(Resampling.Nearest(mask, fine), geometry).Voxels);
    }

    private static double LinearAt(Volume<float> volume, Vector3d p)
    {
        if (!IsInside(volume, p))
        {
            return -9;
        }

        var sum = 0.0;
        var size = volume.Size;
        for (var z = 0; z < size.Z; z++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                for (var x = 0; x < size.X; x++)
                {
                    sum += Tent(p.X, x, size.X) * Tent(p.Y, y, size.Y) * Tent(p.Z, z, size.Z) * volume[x, y, z];
                }
            }
        }

        return sum;
    }

    private static double Tent(double at, int voxel, int size) => Math.Max(0, 1 - Math.Abs(Math.Clamp(at, 0, size - 1) - voxel));

    private static float NearestAt(Volume<float> volume, Vector3d p)
    {
        int Index(double at, int size) => Math.Clamp((int)Math.Floor(at + 0.5 + 1e-6), 0, size - 1);
        return IsInside(volume, p) ? volume[Index(p.X, volume.Size.X), Index(p.Y, volume.Size.Y), Index(p.Z, volume.Size.Z)] : -9;
    }

    private static bool IsInside(Volume<float> volume, Vector3d p) => Enumerable.Range(0, 3).All(axis =>
        p[axis] >= -0.5 - 1e-6 && p[axis] <= volume.Size[axis] - 0.5 + 1e-6);
}
