using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Tests.Models;

/// <summary>The grid holds what the prompts mark, and stays on the volume's middle where that does.</summary>
public sealed class RegionPolicyTests
{
    // A grid of 48 mm on a scan of 160 mm: 24 voxels of 80 in the middle.
    private static readonly ModelConfig OnVolume = Presets.Get("tiny") with { Size = [32, 32, 32], Spacing = 1.5, Roi = RoiPolicy.Volume };
    private static readonly PreparedScan Scan = Prepared(new(80, 80, 80), 2);

    [Fact]
    public void APromptWellInsideLeavesTheGridOnTheMiddle()
    {
        Assert.Equal(Region.OnVolume(Scan.Image.Geometry), Choose(Click(45, 38, 31)));
        Assert.Equal(Region.OnVolume(Scan.Image.Geometry), Choose(new([], new BoxPrompt(new(30, 30, 30), new(48, 48, 48)))));
    }

    [Theory]
    [InlineData(66, 38, 40)]
    [InlineData(0, 0, 0)]
    [InlineData(79, 40, 40)]
    [InlineData(40, 51, 40)]
    public void AClickElsewhereTakesTheGridAlong(int x, int y, int z)
    {
        var region = Choose(Click(x, y, z));
        Assert.Equal(new Vector3d(x, y, z), region.Centre);
        Assert.Equal(1, region.Zoom);
    }

    [Fact]
    public void ClicksFarApartZoomOutUntilTheGridHoldsThemAll()
    {
        var prompts = new ObjectPrompts([new(new(5, 40, 40), true), new(new(75, 40, 40), true)]);
        foreach (var config in (ModelConfig[])[OnVolume, OnVolume with { Roi = RoiPolicy.Prompt }])
        {
            var region = RegionPolicy.Choose(config, Scan, prompts, null);
            Assert.Equal(new Vector3d(40, 40, 40), region.Centre);
            Assert.All(prompts.Points, point => Assert.True(IsInside(config, region, point.Voxel), $"{point.Voxel} is outside {region}"));
        }
    }

    [Fact]
    public void AClickBesideTheObjectNeverMovesTheGrid()
    {
        var far = new PointPrompt(new(2, 2, 2), false);
        Assert.Equal(Region.OnVolume(Scan.Image.Geometry), Choose(new([new(new(40, 40, 40), true), far])));
        Assert.Equal(new Vector3d(66, 38, 40), Choose(new([new(new(66, 38, 40), true), far])).Centre);
    }

    [Fact]
    public void ALargerBoxAndAClickOutsideItAreHeldToo()
    {
        var large = new ObjectPrompts([], new BoxPrompt(new(10, 30, 30), new(70, 50, 50)));
        Assert.True(Choose(large).Zoom > 2);
        var beyond = new ObjectPrompts([new(new(78, 40, 40), true)], new BoxPrompt(new(30, 30, 30), new(50, 50, 50)));
        Assert.True(IsInside(OnVolume, Choose(beyond), new(78, 40, 40)));
    }

    [Fact]
    public void TheNextClickOnAnObjectThatTheGridFollowedKeepsItThere()
    {
        var first = Choose(Click(66, 38, 40));
        var second = new ObjectPrompts([new(new(66, 38, 40), true), new(new(67, 40, 41), true)]);
        Assert.Equal(first, RegionPolicy.Choose(OnVolume, Scan, second, first));
    }

    [Fact]
    public void AScanThatTheGridCoversWhollyNeedsNoMargin()
    {
        var small = Prepared(new(24, 24, 24), 2);
        Assert.Equal(Region.OnVolume(small.Image.Geometry), RegionPolicy.Choose(OnVolume, small, Click(23, 0, 23), null));
    }

    private static Region Choose(ObjectPrompts prompts) => RegionPolicy.Choose(OnVolume, Scan, prompts, null);

    private static ObjectPrompts Click(int x, int y, int z) => new([new(new(x, y, z), true)]);

    private static PreparedScan Prepared(Size3 size, double spacing) =>
        PreparedScan.Prepare(new(new(size, Affine3.Scale(spacing, spacing, spacing)), new float[size.Count]), Modality.MRI, IntensityOrigin.Measured);

    private static bool IsInside(ModelConfig config, Region region, Vector3d voxel)
    {
        var grid = region.Grid(config, Scan.Image.Geometry);
        var at = grid.ToVoxel(Scan.Image.Geometry.ToWorld(voxel));
        return Enumerable.Range(0, 3).All(axis => at[axis] >= 0 && at[axis] <= grid.Size[axis] - 1);
    }
}
