using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class Affine3Tests
{
    [Fact]
    public void InverseUndoesTheMap()
    {
        var affine = new Affine3(new(0, 2, 0.1), new(-1.5, 0.2, 0), new(0, 0, 3), new(10, -20, 30));
        var p = affine.Invert().Apply(affine.Apply(new(3, 5, 7)));
        Assert.Equal(3, p.X, 1e-9);
        Assert.Equal(5, p.Y, 1e-9);
        Assert.Equal(7, p.Z, 1e-9);
    }
}
