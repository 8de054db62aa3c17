using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Resizes volumes (N, D, H, W, C) to another D, H, W.</summary>
public static class Resample3d
{
    public static Tensor Apply(Tape tape, Tensor x, Extent3 size, ResampleMode mode)
    {
        Require.Rank("Resample3d", "x", x.Shape, 5);
        Require.That(size is { D: > 0, H: > 0, W: > 0 }, $"Resample3d: the size is {size}; expected at least 1 along every axis.");
        var from = new Extent3(x.Shape[1], x.Shape[2], x.Shape[3]);
        Require.That(from.Count > 0, $"Resample3d: x is {x.Shape}; expected at least one voxel to read.");
        var geometry = new Resample3dGeometry(x.Shape[0], from, size, x.Shape[4], mode);
        var y = tape.Empty(new(geometry.N, size.D, size.H, size.W, geometry.C), x.RequiresGrad);
        tape.Backend.Resample3d.Forward(geometry, x, y);
        return tape.Record(y, new Resample3dPullback(geometry, x));
    }

    private sealed record Resample3dPullback(Resample3dGeometry Geometry, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor y) => tape.Backend.Resample3d.Backward(Geometry, tape.GradOf(y), tape.GradOf(X));
    }
}
