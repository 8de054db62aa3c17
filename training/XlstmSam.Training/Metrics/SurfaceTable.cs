using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>The area of the surface that passes through a corner of the voxel grid, for each of the 256 patterns of its eight voxels.</summary>
// Normals of the marching-cubes triangles come from DeepMind's surface-distance (Apache-2.0, Tables/LICENSE.surface-distance).
// Their components are named by array axis: 0 is z, 1 is y, 2 is x.
public static class SurfaceTable
{
    public const int Patterns = 256;

    private static readonly Lazy<double[][]> Normals = new(Read);

    /// <summary>Areas by pattern: the sum over its triangles of |(n0 sy sx, n1 sz sx, n2 sz sy)|.</summary>
    public static double[] Areas(Vector3d spacing)
    {
        var areas = new double[Patterns];
        for (var code = 0; code < Patterns; code++)
        {
            var normals = Normals.Value[code];
            for (var i = 0; i < normals.Length; i += 3)
            {
                var a = normals[i] * spacing.Y * spacing.X;
                var b = normals[i + 1] * spacing.Z * spacing.X;
                var c = normals[i + 2] * spacing.Z * spacing.Y;
                areas[code] += Math.Sqrt((a * a) + (b * b) + (c * c));
            }
        }

        return areas;
    }

    private static double[][] Read()
    {
        using var stream = typeof(SurfaceTable).Assembly.GetManifestResourceStream("neighbour_code_normals.json")
            ?? throw new InvalidOperationException("SurfaceTable: the resource neighbour_code_normals.json is not in the assembly; rebuild the project.");
        using var document = JsonDocument.Parse(stream);
        return
        [
            .. document.RootElement.EnumerateArray().Select(
                static code => code.EnumerateArray().SelectMany(static n => n.EnumerateArray()).Select(static c => c.GetDouble()).ToArray()),
        ];
    }
}
