using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>
/// The voxel-to-world affine of a NIfTI file. The sform is used when its code is above 0, else the qform when its code is above 0,
/// else the voxel sizes alone with the origin at voxel (0, 0, 0) and the axes taken as R, A, S. A declared form that is not
/// finite or has no volume gives way to the other declared one; when no declared form is usable the file is refused, because
/// voxel sizes alone would lose the orientation it claims to have. Lengths are scaled to millimetres.
/// </summary>
internal static class NiftiAffine
{
    /// <summary>Below this ratio of the determinant to the product of the axis lengths the axes are linearly dependent.</summary>
    private const double FlatnessTolerance = 1e-6;

    public static Affine3 Of(NiftiHeader header, string subject)
    {
        var spacing = Spacing(header, subject);
        if (header.SformCode > 0 && Usable(Sform(header), header, out var sform))
        {
            return sform;
        }

        if (header.QformCode > 0 && Usable(NiftiQform.ToAffine(header, spacing), header, out var qform))
        {
            return qform;
        }

        if (header.SformCode > 0 || header.QformCode > 0)
        {
            throw new InvalidDataException(
                $"{subject}: sform (code {header.SformCode}) and qform (code {header.QformCode}) give no usable axes, for example x = {header.RowX}; " +
                $"expected finite, independent axes. Correct the header, or set both codes to 0 to go by voxel sizes alone.");
        }

        return Usable(Affine3.Scale(spacing.X, spacing.Y, spacing.Z), header, out var plain)
            ? plain
            : throw new InvalidDataException($"{subject}: voxel sizes {spacing} give no usable axes. Correct pixdim in the header.");
    }

    /// <summary>A sentence where the header declares two places for its voxels that are more than half a voxel apart; null where they agree.</summary>
    public static string? Disagreement(NiftiHeader header, string path)
    {
        if (header.SformCode <= 0 || header.QformCode <= 0 || !Usable(Sform(header), header, out var sform)
            || !Usable(NiftiQform.ToAffine(header, Spacing(header, path)), header, out var qform))
        {
            return null;
        }

        var apart = GridAgreement.Farthest(new(header.Size, qform), new(header.Size, sform));
        return apart <= 0.5 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"'{path}' declares two places for its voxels: sform and qform are {apart:0.#} voxels apart. The sform is the one used; millimetres depend on " +
            $"it. Correct the header if the qform is right.");
    }

    // A voxel size along an axis with a single slice is often left 0: it is taken as 1.
    private static Vector3d Spacing(NiftiHeader header, string subject)
    {
        var sizes = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var size = Math.Abs(header.PixDim[axis + 1]);
            sizes[axis] = size > 0 && double.IsFinite(size) ? size : header.Size[axis] == 1 ? 1 : double.NaN;
            if (double.IsNaN(sizes[axis]) && header.SformCode <= 0)
            {
                throw new InvalidDataException($"{subject}: pixdim[{axis + 1}] is {header.PixDim[axis + 1]}; expected a voxel size above 0. Correct the " +
                    $"header.");
            }
        }

        return new(sizes[0], sizes[1], sizes[2]);
    }

    private static Affine3 Sform(NiftiHeader h) => new(
        new(h.RowX.I, h.RowY.I, h.RowZ.I), new(h.RowX.J, h.RowY.J, h.RowZ.J), new(h.RowX.K, h.RowY.K, h.RowZ.K),
        new(h.RowX.Offset, h.RowY.Offset, h.RowZ.Offset));

    private static bool Usable(Affine3 affine, NiftiHeader header, out Affine3 scaled)
    {
        var s = header.MillimetresPerUnit;
        if (header.Size.Z == 1 && affine.ColumnZ.Length == 0)
        {
            // A single slice needs no step along z; the normal of the slice, one unit long, keeps the affine invertible.
            var (x, y) = (affine.ColumnX, affine.ColumnY);
            var normal = new Vector3d((x.Y * y.Z) - (x.Z * y.Y), (x.Z * y.X) - (x.X * y.Z), (x.X * y.Y) - (x.Y * y.X));
            affine = affine with { ColumnZ = (1 / normal.Length) * normal };
        }

        scaled = new(s * affine.ColumnX, s * affine.ColumnY, s * affine.ColumnZ, s * affine.Origin);
        var spacing = scaled.Spacing;
        var determinant = Math.Abs(scaled.Determinant);
        return double.IsFinite(determinant + scaled.Origin.Length)
            && determinant > 0
            && determinant > FlatnessTolerance * spacing.X * spacing.Y * spacing.Z;
    }
}
