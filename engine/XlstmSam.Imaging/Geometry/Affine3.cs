namespace XlstmSam.Imaging;

/// <summary>A point or direction in three dimensions, in double precision.</summary>
public readonly record struct Vector3d(double X, double Y, double Z)
{
    /// <summary>The Euclidean length.</summary>
    public double Length => Math.Sqrt((X * X) + (Y * Y) + (Z * Z));

    /// <summary>The component along an axis, 0 to 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public double this[int axis] => axis switch { 0 => X, 1 => Y, 2 => Z, _ => throw new ArgumentOutOfRangeException(nameof(axis)) };

    /// <summary>The sum.</summary>
    public static Vector3d operator +(Vector3d a, Vector3d b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>The difference.</summary>
    public static Vector3d operator -(Vector3d a, Vector3d b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>The vector times a number.</summary>
    public static Vector3d operator *(double s, Vector3d a) => new(s * a.X, s * a.Y, s * a.Z);

    /// <summary>"(x, y, z)".</summary>
    public override string ToString() => $"({X}, {Y}, {Z})";

    /// <summary>The scalar product.</summary>
    public static double Dot(Vector3d a, Vector3d b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);
}

/// <summary>p' = A p + origin. The columns of A are the world steps of one voxel along each axis.</summary>
public readonly record struct Affine3(Vector3d ColumnX, Vector3d ColumnY, Vector3d ColumnZ, Vector3d Origin)
{
    /// <summary>The map that changes nothing.</summary>
    public static Affine3 Identity { get; } = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), default);

    /// <summary>The lengths of the three columns: the voxel size along each axis.</summary>
    public Vector3d Spacing => new(ColumnX.Length, ColumnY.Length, ColumnZ.Length);

    /// <summary>The signed volume of one voxel; negative where the axes are left-handed.</summary>
    public double Determinant =>
        (ColumnX.X * ((ColumnY.Y * ColumnZ.Z) - (ColumnZ.Y * ColumnY.Z)))
        - (ColumnY.X * ((ColumnX.Y * ColumnZ.Z) - (ColumnZ.Y * ColumnX.Z)))
        + (ColumnZ.X * ((ColumnX.Y * ColumnY.Z) - (ColumnY.Y * ColumnX.Z)));

    /// <summary>The world step of one voxel along an axis, 0 to 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Vector3d Column(int axis) => axis switch { 0 => ColumnX, 1 => ColumnY, 2 => ColumnZ, _ => throw new ArgumentOutOfRangeException(nameof(axis)) };

    /// <summary>The map that stretches each axis and keeps the origin.</summary>
    public static Affine3 Scale(double x, double y, double z) => new(new(x, 0, 0), new(0, y, 0), new(0, 0, z), default);

    /// <summary>The image of a point.</summary>
    public Vector3d Apply(Vector3d p) => (p.X * ColumnX) + (p.Y * ColumnY) + (p.Z * ColumnZ) + Origin;

    /// <summary>The affine that applies <paramref name="inner"/> first and this one second.</summary>
    public Affine3 Compose(Affine3 inner)
    {
        var at = Origin;
        return new(Apply(inner.ColumnX) - at, Apply(inner.ColumnY) - at, Apply(inner.ColumnZ) - at, Apply(inner.Origin));
    }

    /// <summary>The inverse map. The determinant must not be 0.</summary>
    public Affine3 Invert()
    {
        var s = 1 / Determinant;
        var (a, b, c) = (ColumnX, ColumnY, ColumnZ);
        var x = s * new Vector3d((b.Y * c.Z) - (c.Y * b.Z), (c.Y * a.Z) - (a.Y * c.Z), (a.Y * b.Z) - (b.Y * a.Z));
        var y = s * new Vector3d((c.X * b.Z) - (b.X * c.Z), (a.X * c.Z) - (c.X * a.Z), (b.X * a.Z) - (a.X * b.Z));
        var z = s * new Vector3d((b.X * c.Y) - (c.X * b.Y), (c.X * a.Y) - (a.X * c.Y), (a.X * b.Y) - (b.X * a.Y));
        var linear = new Affine3(x, y, z, default);
        return linear with { Origin = -1 * linear.Apply(Origin) };
    }
}
