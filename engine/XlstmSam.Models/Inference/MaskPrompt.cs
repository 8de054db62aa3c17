using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>Turns a mask from elsewhere into the logits a decoder round would have left.</summary>
internal static class MaskPrompt
{
    /// <summary>The logit of a voxel that certainly belongs to the object; minus it outside. A trained decoder's logits are of this size.</summary>
    private const float Certain = 6;

    public static float[] LowRes(Predictor predictor, Volume<byte> mask, VolumeGeometry grid)
    {
        var low = predictor.Model.LowRes;
        var indicator = new Volume<float>(mask.Geometry, Array.ConvertAll(mask.Voxels, voxel => voxel != 0 ? 1f : 0f));
        var ras = predictor.Scan.ToRas.Apply(indicator);
        var size = new Size3(low.D, low.H, low.W);
        var ratio = new Vector3d(grid.Size.X / (double)size.X, grid.Size.Y / (double)size.Y, grid.Size.Z / (double)size.Z);
        var affine = grid.VoxelToWorld;
        var coarse = new VolumeGeometry(
            size,
            new(
                ratio.X * affine.ColumnX,
                ratio.Y * affine.ColumnY,
                ratio.Z * affine.ColumnZ,
                affine.Apply(new(0.5 * (ratio.X - 1), 0.5 * (ratio.Y - 1), 0.5 * (ratio.Z - 1)))));
        return Array.ConvertAll(GridInput.ToArrayOrder(Resampling.Linear(ras, coarse)), share => Certain * ((2 * share) - 1));
    }
}
