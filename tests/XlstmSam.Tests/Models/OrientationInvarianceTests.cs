using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;

namespace XlstmSam.Tests.Models;

/// <summary>A scan stored in any of the 48 axis orders, saved and read as a file, gets the same mask in world space.</summary>
[Thorough]
public sealed class OrientationInvarianceTests : IDisposable
{
    private static readonly int[][] Permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    private readonly string folder = Directory.CreateTempSubdirectory("xsam-axes-").FullName;

    [Theory]
    [InlineData(RoiPolicy.Volume)]
    [InlineData(RoiPolicy.Prompt)]
    public void EveryAxisOrderGivesTheSameMask(RoiPolicy roi)
    {
        using var backend = new CpuBackend(2);
        using var model = ModelFamilies.Build(Presets.Get("tiny") with { Roi = roi, Size = [16, 16, 16], Spacing = 2.5 }, backend, training: false);
        model.Initialize(3);
        var ras = Scan();
        var world = ras.Geometry.ToWorld(new(9, 11, 6));
        var expected = Segment(model, ras, world);
        Assert.InRange(expected.Voxels.Count(v => v != 0), 1, expected.Voxels.Length - 1);
        foreach (var axes in Permutations)
        {
            for (var signs = 0; signs < 8; signs++)
            {
                bool[] flips = [(signs & 1) != 0, (signs & 2) != 0, (signs & 4) != 0];
                var map = new AxisMap(ras.Geometry, axes, flips);
                var path = Path.Combine(folder, "scan.nii.gz");
                NiftiWriter.Write(path, map.Apply(ras));
                var mask = Segment(model, NiftiReader.ReadImage(path).Volume, world);
                Assert.Equal(expected.Voxels, Orientation.ToRas(mask.Geometry).Apply(mask).Voxels);
            }
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>An anisotropic, oblique scan with structure, its axes closest to RAS.</summary>
    private static Volume<float> Scan()
    {
        var (c, s) = (Math.Cos(0.15), Math.Sin(0.15));
        var geometry = new VolumeGeometry(new(19, 23, 13), new(new(1.5 * c, 1.5 * s, 0), new(-1.75 * s, 1.75 * c, 0), new(0, 0, 2.5), new(-12, 20, 5)));
        var stream = RandomStream.Create(7, StreamPurpose.Test);
        var volume = new Volume<float>(geometry, new float[geometry.Size.Count]);
        for (var z = 0; z < 13; z++)
        {
            for (var y = 0; y < 23; y++)
            {
                for (var x = 0; x < 19; x++)
                {
                    volume[x, y, z] = (float)((100 * Math.Exp(-((((x - 9.0) * (x - 9)) + ((y - 11.0) * (y - 11)) + (4.0 * (z - 6) * (z - 6))) / 40))) + stream.Uniform(1, 20));
                }
            }
        }

        return volume;
    }

    private static Volume<byte> Segment(IPromptModel model, Volume<float> scan, Vector3d world)
    {
        using var predictor = new Predictor(model);
        predictor.SetImage(PreparedScan.Prepare(scan, Modality.MRI, IntensityOrigin.Measured));
        var voxel = scan.Geometry.WorldToVoxel.Apply(world);
        var logits = predictor.NewObject().Predict(new([new(voxel, true)]));
        return NativeMask.Of(predictor.Scan, logits);
    }
}
