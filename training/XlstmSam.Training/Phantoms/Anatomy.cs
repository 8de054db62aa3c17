using System.Numerics;
using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>The five organs and the distractors of one case, and its pose. Coordinates are millimetres: x right, y front, z up.</summary>
/// <remarks>
/// Every organ touches another organ or unlabelled muscle of its own intensity, so only the septa between them, the shapes and
/// their places tell where one ends. None is round: the largest half-width is about 7 mm, the lengths are 28 to 45 mm.
/// </remarks>
internal sealed class Anatomy
{
    private const float PoseDegrees = 6;
    private const float ShiftDeviation = 1;
    private const float SizeDeviation = 0.045f;
    private const float CentreDeviation = 0.55f;
    private readonly List<Structure> structures = [];
    private readonly float variation;
    private readonly Matrix4x4 worldToBody;

    public Anatomy(double variation, ref RandomStream stream)
    {
        this.variation = (float)variation;
        var turn = Quaternion.CreateFromYawPitchRoll(Radians(ref stream), Radians(ref stream), Radians(ref stream));
        var shift = Jitter(ref stream, ShiftDeviation);
        var bodyToWorld = Matrix4x4.CreateScale(Size(ref stream, 1)) * Matrix4x4.CreateFromQuaternion(turn) * Matrix4x4.CreateTranslation(shift);
        _ = Matrix4x4.Invert(bodyToWorld, out worldToBody);
        BodyRadii = new Vector3(Size(ref stream, 23), Size(ref stream, 22), Size(ref stream, 22.5f));
        AddOrgans(ref stream);
        AddMuscles(ref stream);
        AddDistractors(ref stream);
    }

    public static IReadOnlyDictionary<int, string> Names { get; } = new SortedDictionary<int, string>
    {
        [1] = "upper crescent",
        [2] = "lower crescent",
        [3] = "plate",
        [4] = "arch",
        [5] = "bar",
    };

    public IReadOnlyList<Structure> Structures => structures;

    public Vector3 BodyRadii { get; }

    /// <summary>The place in the upright, unscaled body of a point in the image's millimetres.</summary>
    public Vector3 ToBody(Vector3 world) => Vector3.Transform(world, worldToBody);

    private void AddOrgans(ref RandomStream stream)
    {
        Organ(ref stream, 1, new(-2, 0, 6.4f), Vector3.UnitX, Vector3.UnitY, 15, 66, 5.6f, 6.5f);
        Organ(ref stream, 2, new(-2, 0, -6.4f), Vector3.UnitX, Vector3.UnitY, 15, 66, 5.6f, 6.5f);
        Organ(ref stream, 3, new(1.5f, 0, 0), -Vector3.UnitX, Vector3.UnitZ, 16.5f, 50, 4.9f, 14);
        Organ(ref stream, 4, new(-1, 0, 1.5f), Vector3.UnitZ, Vector3.UnitY, 10, 92, 5.4f, 5.6f);
        Organ(ref stream, 5, new(-1, 0, -29), Vector3.UnitZ, Vector3.UnitY, 17, 37, 5.4f, 6.1f);
    }

    // Unlabelled tissue of the organs' own intensity: a plug inside the arch and walls that join the two sides, front and back.
    private void AddMuscles(ref RandomStream stream)
    {
        Add(ref stream, Tissue.Muscle, new(-1, 0, 0), Vector3.UnitZ, Vector3.UnitY, 2, 80, 4.5f, 6);
        Add(ref stream, Tissue.Muscle, new(0, 1, 0), -Vector3.UnitY, Vector3.UnitX, 17.5f, 58, 3.4f, 13);
        Add(ref stream, Tissue.Muscle, new(0, -1, 2), Vector3.UnitY, Vector3.UnitX, 17.5f, 40, 3, 9);
    }

    private void AddDistractors(ref RandomStream stream)
    {
        Add(ref stream, Tissue.Vessel, new(4, 0, 0), Vector3.UnitX, Vector3.UnitZ, 4, 120, 1.5f, 1.5f);
        Add(ref stream, Tissue.Vessel, new(-6, 3, 0), -Vector3.UnitX, Vector3.UnitY, 3, 120, 1.3f, 1.3f);
        Add(ref stream, Tissue.Bone, new(0, -20.5f, 0), Vector3.UnitX, Vector3.UnitZ, 0, 90, 2.4f, 2.4f);
        Add(ref stream, Tissue.Bone, new(0, 0, 12), new(1, -0.3f, 0), Vector3.UnitY, 21, 45, 1.2f, 1.6f);
        Add(ref stream, Tissue.Bone, new(0, 0, -11), new(-1, -0.3f, 0), Vector3.UnitY, 21, 40, 1.2f, 1.6f);
        Add(ref stream, Tissue.Gas, new(9, 2, 18.5f), Vector3.UnitX, Vector3.UnitY, 2, 80, 2.2f, 4);
        Add(ref stream, Tissue.Gas, new(-9, 2, 18), -Vector3.UnitX, Vector3.UnitY, 2, 80, 2.4f, 4);
        var lesions = 1 + stream.Int(4);
        for (var lesion = 0; lesion < lesions; lesion++)
        {
            var place = 19 * Direction(ref stream);
            Add(ref stream, Tissue.Lesion, place, Vector3.UnitX, Vector3.UnitY, 0.5f, 90, 2.2f, 2.2f);
        }
    }

    private void Organ(
        ref RandomStream stream, byte label, Vector3 centre, Vector3 middle, Vector3 along, float radius, float angle, float thickness, float height) =>
        Add(ref stream, Tissue.Organ, centre, middle, along, radius, angle, thickness, height, label);

    private void Add(
        ref RandomStream stream,
        Tissue tissue,
        Vector3 centre,
        Vector3 middle,
        Vector3 along,
        float radius,
        float angle,
        float thickness,
        float height,
        byte label = 0)
    {
        // Sizes about the arc, and the arc about its midpoint: a longer or wider bar stays where it is.
        var bent = Size(ref stream, radius);
        var at = centre + ((radius - bent) * middle) + Jitter(ref stream, CentreDeviation);
        var shape = new ArcBar(
            at,
            middle + Jitter(ref stream, 0.06f),
            along + Jitter(ref stream, 0.06f),
            bent,
            Size(ref stream, angle),
            Size(ref stream, thickness),
            Size(ref stream, height));
        structures.Add(new(shape, tissue, label));
    }

    private float Radians(ref RandomStream stream) => variation * PoseDegrees * stream.Normal() * MathF.PI / 180;

    private float Size(ref RandomStream stream, float typical) => typical * MathF.Exp(variation * SizeDeviation * stream.Normal());

    private Vector3 Jitter(ref RandomStream stream, float deviation)
    {
        var (x, y, z) = (stream.Normal(), stream.Normal(), stream.Normal());
        return variation * deviation * new Vector3(x, y, z);
    }

    private static Vector3 Direction(ref RandomStream stream)
    {
        var (x, y, z) = (stream.Normal(), stream.Normal(), stream.Normal());
        return Vector3.Normalize(new Vector3(x, y, z + 1e-3f));
    }
}
