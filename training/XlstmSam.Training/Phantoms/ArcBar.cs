using System.Numerics;

namespace XlstmSam.Training.Phantoms;

/// <summary>A bar bent along a circular arc with rounded ends: crescents, plates, beans and tubes are this with different sizes.</summary>
/// <remarks>The arc lies in the plane of <c>middle</c> (from the arc's centre to its midpoint) and <c>along</c>; the height is normal to it.</remarks>
internal readonly struct ArcBar
{
    private readonly Vector3 centre;
    private readonly Vector3 middle;
    private readonly Vector3 along;
    private readonly Vector3 height;
    private readonly float radius;
    private readonly float sin;
    private readonly float cos;
    private readonly float inverseThickness;
    private readonly float inverseHeight;
    private readonly float smaller;

    /// <param name="halfAngle">Half the arc's opening in degrees, below 180.</param>
    public ArcBar(Vector3 centre, Vector3 middle, Vector3 along, float radius, float halfAngle, float halfThickness, float halfHeight)
    {
        this.centre = centre;
        this.middle = Vector3.Normalize(middle);
        this.along = Vector3.Normalize(along - (Vector3.Dot(along, this.middle) * this.middle));
        height = Vector3.Cross(this.middle, this.along);
        this.radius = radius;
        (sin, cos) = MathF.SinCos(halfAngle * MathF.PI / 180);
        inverseThickness = 1 / halfThickness;
        inverseHeight = 1 / halfHeight;
        smaller = MathF.Min(halfThickness, halfHeight);
    }

    /// <summary>About the signed distance to the surface in millimetres, negative inside: exact at 0, right in sign everywhere.</summary>
    public float Distance(Vector3 point)
    {
        var local = point - centre;
        var u = Vector3.Dot(local, middle);
        var v = MathF.Abs(Vector3.Dot(local, along));
        var h = Vector3.Dot(local, height) * inverseHeight;
        float squared;
        if (v * cos <= u * sin)
        {
            var radial = MathF.Sqrt((u * u) + (v * v)) - radius;
            squared = radial * radial;
        }
        else
        {
            var du = u - (radius * cos);
            var dv = v - (radius * sin);
            squared = (du * du) + (dv * dv);
        }

        // A superellipse of power 4 between thickness and height: flat sides, rounded edges.
        squared *= inverseThickness * inverseThickness;
        h *= h;
        return (MathF.Sqrt(MathF.Sqrt((squared * squared) + (h * h))) - 1) * smaller;
    }
}
