using System.Text.Json;
using XlstmSam.Imaging;
using XlstmSam.Tests.Fixtures;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

/// <summary>Numbers made with the challenge's own SurfaceDice code.</summary>
public sealed class SurfaceDistancesTests
{
    private static readonly Size3 Grid = new(10, 10, 10);
    private static readonly Vector3d Unit = new(1, 1, 1);
    private static readonly byte[] Cube = Masks.Where(Grid, (x, y, z) => x is >= 3 and < 8 && y is >= 3 and < 7 && z is >= 3 and < 7);

    [Fact]
    public void AreasOfThePatternsAtUnitSpacing()
    {
        var areas = SurfaceTable.Areas(Unit);
        Assert.All(new[] { 1, 2, 4, 128, 254 }, code => Assert.Equal(Math.Sqrt(3) / 8, areas[code], 1e-15));
        Assert.Equal(Math.Sqrt(0.5), areas[3], 1e-15);
        Assert.Equal(1, areas[15], 1e-15);
        Assert.Equal(0, areas[0]);
        Assert.Equal(0, areas[255]);
    }

    [Theory]
    [InlineData("111", 1, 1, 1)]
    [InlineData("3_0.8_0.8", 0.8, 0.8, 3)]
    public void AreasOfEveryPatternAreTheOfficialOnes(string name, double x, double y, double z)
    {
        var file = File.ReadAllText(Path.Combine(FixtureRoot.OfRepository, "challenge", "neighbour_code_areas.json"));
        using var document = JsonDocument.Parse(file);
        var expected = document.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetDouble()).ToArray();
        Assert.Equal(expected, SurfaceTable.Areas(new(x, y, z)));
    }

    [Fact]
    public void AreaOfASingleVoxel()
    {
        var voxel = Masks.Where(Grid, (x, y, z) => (x, y, z) is (0, 9, 5));
        Assert.Equal(1.7320508075688772, Measure(voxel, voxel, Unit).Areas.Truth, 1e-12);
    }

    [Fact]
    public void AreaOfACube() => Assert.Equal(96.0163220550, Measure(Cube, Cube, Unit).Areas.Truth, 1e-9);

    [Fact]
    public void ShiftedByOneVoxelIsWithinTwoMillimetres()
    {
        var shifted = Masks.Where(Grid, (x, y, z) => x is >= 3 and < 8 && y is >= 4 and < 8 && z is >= 3 and < 7);
        Assert.Equal(0.75, DiceScore.Of<byte>(Cube, shifted, 1), 1e-15);
        Assert.Equal(1, Measure(Cube, shifted, Unit).SurfaceDice(2));
    }

    // The official pair was made by rolling the array along x, so the last plane of the cube comes back at x = 0.
    [Fact]
    public void RolledByThreeVoxels()
    {
        var rolled = Masks.Where(Grid, (x, y, z) => x is 0 or >= 6 && y is >= 3 and < 7 && z is >= 3 and < 7);
        Assert.Equal(0.4, DiceScore.Of<byte>(Cube, rolled, 1), 1e-15);
        Assert.Equal(0.9142088790, Measure(Cube, rolled, Unit).SurfaceDice(2), 1e-10);
        Assert.Equal(1, Measure(Cube, rolled, new(0.5, 1, 3)).SurfaceDice(2));
    }

    // By hand: only the end plane of each cube is 3 away, with 9 corners of area 1, 12 of sqrt(1/2), 4 of sqrt(3)/8.
    [Fact]
    public void ShiftedByThreeVoxels()
    {
        var shifted = Masks.Where(new(11, 10, 10), (x, y, z) => x is >= 6 and < 11 && y is >= 3 and < 7 && z is >= 3 and < 7);
        var cube = Masks.Where(new(11, 10, 10), (x, y, z) => x is >= 3 and < 8 && y is >= 3 and < 7 && z is >= 3 and < 7);
        var distances = SurfaceDistances.Measure<byte>(cube, shifted, 1, new(11, 10, 10), Unit);
        var plane = 9 + (12 * Math.Sqrt(0.5)) + (4 * Math.Sqrt(3) / 8);
        Assert.Equal(1 - (plane / distances.Areas.Truth), distances.SurfaceDice(2), 1e-14);
        Assert.Equal(3, distances.RobustHausdorff(95));
        Assert.Equal(3, distances.RobustHausdorff(100));
    }

    [Fact]
    public void IdenticalMasksHaveNoDistance()
    {
        var distances = Measure(Cube, Cube, new(0.7, 2, 1));
        Assert.Equal(1, distances.SurfaceDice(0));
        Assert.Equal(0, distances.RobustHausdorff(95));
        Assert.Equal((0, 0), distances.AverageDistances());
    }

    [Fact]
    public void AnEmptyMaskHasNoSurfaceAndIsInfinitelyFar()
    {
        var empty = new byte[Grid.Count];
        Assert.Equal(double.NaN, Measure(empty, empty, Unit).SurfaceDice(2));
        Assert.Equal(double.NaN, DiceScore.Of<byte>(empty, empty, 1));
        var missed = Measure(Cube, empty, Unit);
        Assert.Equal(0, missed.SurfaceDice(2));
        Assert.Equal(double.PositiveInfinity, missed.RobustHausdorff(95));
        Assert.Equal(double.PositiveInfinity, missed.AverageDistances().FromTruth);
        Assert.Equal(double.NaN, missed.AverageDistances().FromPrediction);
        Assert.Equal(0, DiceScore.Of<byte>(Cube, empty, 1));
    }

    [Fact]
    public void FullMasksTouchTheBorderAndAreClosed()
    {
        var full = Masks.Where(Grid, (_, _, _) => true);
        var distances = Measure(full, Cube, Unit);
        Assert.True(distances.Areas.Truth > distances.Areas.Prediction);
        Assert.InRange(distances.SurfaceDice(2), 0, 0.5);
        Assert.Equal(1, Measure(full, full, Unit).SurfaceDice(0));
    }

    [Fact]
    public void OneSliceIsClosed()
    {
        var size = new Size3(9, 7, 1);
        var plate = Masks.Where(size, (x, y, _) => x is >= 2 and < 6 && y is >= 2 and < 5);
        var shifted = Masks.Where(size, (x, y, _) => x is >= 4 and < 8 && y is >= 2 and < 5);
        var distances = SurfaceDistances.Measure<byte>(plate, shifted, 1, size, Unit);
        Assert.Equal(distances.Areas.Truth, distances.Areas.Prediction);
        Assert.Equal(2, distances.RobustHausdorff(100));
        Assert.Equal(1, distances.SurfaceDice(2));
    }

    private static SurfaceDistances Measure(byte[] truth, byte[] prediction, Vector3d spacing) =>
        SurfaceDistances.Measure<byte>(truth, prediction, 1, Grid, spacing);
}
