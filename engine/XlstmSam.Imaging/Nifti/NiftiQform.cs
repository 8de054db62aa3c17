namespace XlstmSam.Imaging;

/// <summary>The qform: a rotation as a unit quaternion, voxel sizes, a handedness and an offset (NIfTI-1 method 2).</summary>
internal static class NiftiQform
{
    private const double OrthogonalityTolerance = 1e-5;

    public static Affine3 ToAffine(NiftiHeader header, Vector3d spacing)
    {
        var (b, c, d) = header.Quaternion;
        var rest = 1 - ((b * b) + (c * c) + (d * d));
        var a = Math.Sqrt(Math.Max(rest, 0));
        if (rest < 1e-7)
        {
            var scale = 1 / Math.Sqrt((b * b) + (c * c) + (d * d));
            (a, b, c, d) = (0, b * scale, c * scale, d * scale);
        }

        var handedness = header.PixDim[0] < 0 ? -1 : 1;
        return new(
            spacing.X * new Vector3d((a * a) + (b * b) - (c * c) - (d * d), 2 * ((b * c) + (a * d)), 2 * ((b * d) - (a * c))),
            spacing.Y * new Vector3d(2 * ((b * c) - (a * d)), (a * a) + (c * c) - (b * b) - (d * d), 2 * ((c * d) + (a * b))),
            handedness * spacing.Z * new Vector3d(2 * ((b * d) + (a * c)), 2 * ((c * d) - (a * b)), (a * a) + (d * d) - (b * b) - (c * c)),
            header.QOffset);
    }

    /// <summary>Adds the affine as qform; a sheared affine has none, and the header is returned with qform_code 0.</summary>
    public static NiftiHeader AddTo(NiftiHeader header, Affine3 affine)
    {
        var spacing = affine.Spacing;
        var x = (1 / spacing.X) * affine.ColumnX;
        var y = (1 / spacing.Y) * affine.ColumnY;
        var z = (1 / spacing.Z) * affine.ColumnZ;
        if (Math.Abs(Vector3d.Dot(x, y)) + Math.Abs(Vector3d.Dot(x, z)) + Math.Abs(Vector3d.Dot(y, z)) > OrthogonalityTolerance)
        {
            return header;
        }

        var handedness = affine.Determinant < 0 ? -1 : 1;
        double[] pixDim = [handedness, .. header.PixDim.Skip(1)];
        return header with { QformCode = 1, PixDim = pixDim, Quaternion = RotationToQuaternion(x, y, handedness * z), QOffset = affine.Origin };
    }

    // The largest of the four components is found from the diagonal, so that no division is by a small number.
    private static Vector3d RotationToQuaternion(Vector3d x, Vector3d y, Vector3d z)
    {
        var trace = x.X + y.Y + z.Z + 1;
        if (trace > 0.5)
        {
            var s = 0.5 / Math.Sqrt(trace);
            return new((y.Z - z.Y) * s, (z.X - x.Z) * s, (x.Y - y.X) * s);
        }

        var bb = 1 + x.X - y.Y - z.Z;
        var cc = 1 + y.Y - x.X - z.Z;
        var dd = 1 + z.Z - x.X - y.Y;
        Vector3d q;
        double a;
        if (bb >= cc && bb >= dd)
        {
            var b = 0.5 * Math.Sqrt(bb);
            (q, a) = (new(b, 0.25 * (x.Y + y.X) / b, 0.25 * (x.Z + z.X) / b), 0.25 * (y.Z - z.Y) / b);
        }
        else if (cc >= dd)
        {
            var c = 0.5 * Math.Sqrt(cc);
            (q, a) = (new(0.25 * (x.Y + y.X) / c, c, 0.25 * (y.Z + z.Y) / c), 0.25 * (z.X - x.Z) / c);
        }
        else
        {
            var d = 0.5 * Math.Sqrt(dd);
            (q, a) = (new(0.25 * (x.Z + z.X) / d, 0.25 * (y.Z + z.Y) / d, d), 0.25 * (x.Y - y.X) / d);
        }

        return a < 0 ? -1 * q : q;
    }
}
