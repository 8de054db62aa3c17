using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class OrientationTests
{
    private static readonly int[][] Permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    [Fact]
    public void All48OrientationsGoToRasAndBackExactly()
    {
        foreach (var affine in Orientations(tilt: 0).Concat(Orientations(tilt: 0.2)))
        {
            var volume = new Volume<short>(new(new(3, 4, 5), affine), [.. Enumerable.Range(0, 60).Select(i => (short)i)]);
            var map = Orientation.ToRas(volume.Geometry);
            var ras = map.Apply(volume);
            Assert.Equal("RAS", Orientation.Codes(ras.Geometry.VoxelToWorld));

            var back = map.Inverse.Apply(ras);
            Assert.Equal(volume.Voxels, back.Voxels);
            Assert.Equal(volume.Geometry, back.Geometry);

            var voxel = new VoxelIndex(1, 3, 2);
            Assert.Equal(volume[voxel], ras[map.Apply(voxel)]);
            Assert.Equal(0, (volume.Geometry.ToWorld(voxel.ToVector()) - ras.Geometry.ToWorld(map.Apply(voxel).ToVector())).Length, 1e-9);
            Assert.Equal(map.Apply(voxel), ras.Geometry.VoxelAt(volume.Geometry.ToWorld(voxel.ToVector())));

            var box = new VoxelBox(new(0, 1, 2), new(2, 4, 4));
            Assert.Equal(box, map.Inverse.Apply(map.Apply(box)));
        }
    }

    [Fact]
    public void CodesNameTheClosestWorldAxes()
    {
        Assert.Equal("RAS", Orientation.Codes(Affine3.Identity));
        Assert.Equal("LPI", Orientation.Codes(Affine3.Scale(-1, -2, -3)));
        Assert.Equal("PIR", Orientation.Codes(new(new(0.1, -1, 0), new(0, 0.1, -2), new(3, 0, 0.3), default)));
        Assert.Equal(48, Orientations(0.2).Select(Orientation.Codes).Distinct().Count());
    }

    [Fact]
    public void VoxelAtIsNullOutside()
    {
        var geometry = new VolumeGeometry(new(2, 2, 2), Affine3.Scale(2, 2, 2));
        Assert.Equal(new VoxelIndex(1, 0, 0), geometry.VoxelAt(new(2.9, -0.9, 0)));
        Assert.Null(geometry.VoxelAt(new(3.1, 0, 0)));
        Assert.Null(geometry.VoxelAt(new(double.NaN, 0, 0)));
        Assert.True(geometry.Contains(new(1, 1, 1)));
        Assert.False(geometry.Contains(new(1, -1, 1)));
    }

    private static IEnumerable<Affine3> Orientations(double tilt)
    {
        var (c, s) = (Math.Cos(tilt), Math.Sin(tilt));
        Vector3d[] world = [new(c, s, 0), new(-s * c, c * c, s), new(s * s, -c * s, c)];
        foreach (var order in Permutations)
        {
            for (var signs = 0; signs < 8; signs++)
            {
                Vector3d Column(int axis) => ((signs >> axis & 1) == 0 ? 1.0 + axis : -1.0 - axis) * world[order[axis]];
                yield return new(Column(0), Column(1), Column(2), new(10, -20, 30));
            }
        }
    }
}
