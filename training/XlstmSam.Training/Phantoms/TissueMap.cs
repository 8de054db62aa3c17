using System.Numerics;
using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>The anatomy on a voxel grid: tissue and label of every voxel, and how much of a septum it holds.</summary>
internal sealed class TissueMap
{
    /// <summary>The half-width in millimetres of the thin walls between touching organs.</summary>
    private const float SeptumWidth = 1.15f;
    private const float WarpMillimetres = 1.1f;
    private const double WarpNodes = 17;

    public TissueMap(VolumeGeometry geometry, Anatomy anatomy, double variation, ref RandomStream stream)
    {
        Geometry = geometry;
        var count = (int)geometry.Size.Count;
        Tissues = new Tissue[count];
        Labels = new byte[count];
        Septum = new float[count];
        var warp = new[]
        {
            SmoothField.Create(geometry, WarpNodes, ref stream),
            SmoothField.Create(geometry, WarpNodes, ref stream),
            SmoothField.Create(geometry, WarpNodes, ref stream),
        };
        var gaps = SmoothField.Create(geometry, 7, ref stream);
        Fill(anatomy, warp, (float)variation * WarpMillimetres, gaps);
    }

    public VolumeGeometry Geometry { get; }

    public Tissue[] Tissues { get; }

    public byte[] Labels { get; }

    /// <summary>0 to 1: how strongly the wall between two touching structures shows here.</summary>
    public float[] Septum { get; }

    private void Fill(Anatomy anatomy, float[][] warp, float amplitude, float[] gaps)
    {
        var size = Geometry.Size;
        var index = 0;
        for (var z = 0; z < size.Z; z++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                for (var x = 0; x < size.X; x++, index++)
                {
                    var world = Geometry.VoxelToWorld.Apply(new(x, y, z));
                    var bent = amplitude * new Vector3(warp[0][index], warp[1][index], warp[2][index]);
                    var point = anatomy.ToBody(new Vector3((float)world.X, (float)world.Y, (float)world.Z)) + bent;
                    if ((point / anatomy.BodyRadii).LengthSquared() <= 1)
                    {
                        Place(anatomy, point, index, gaps[index]);
                    }
                }
            }
        }
    }

    private void Place(Anatomy anatomy, Vector3 point, int index, float gap)
    {
        var nearest = float.MaxValue;
        var second = float.MaxValue;
        var muscle = float.MaxValue;
        byte label = 0;
        var tissue = Tissue.Fat;
        foreach (var structure in anatomy.Structures)
        {
            var distance = structure.Shape.Distance(point);
            if (structure.Tissue == Tissue.Organ)
            {
                if (distance < nearest)
                {
                    (second, nearest, label) = (nearest, distance, structure.Label);
                }
                else
                {
                    second = MathF.Min(second, distance);
                }
            }
            else
            {
                if (structure.Tissue == Tissue.Muscle)
                {
                    muscle = MathF.Min(muscle, distance);
                }

                if (distance < 0 && structure.Tissue > tissue)
                {
                    tissue = structure.Tissue;
                }
            }
        }

        // The wall lies where two organs are equally near, or where an organ ends inside muscle.
        var inOrgan = nearest < 0;
        var wall = MathF.Min(MathF.Max(MathF.Abs(nearest), muscle), inOrgan ? (second - nearest) / 2 : float.MaxValue);
        Tissues[index] = inOrgan ? Tissue.Organ : tissue;
        Labels[index] = inOrgan ? label : (byte)0;
        var shape = wall / SeptumWidth;
        Septum[index] = shape < 3 ? MathF.Exp(-shape * shape) * Math.Clamp(0.75f + (0.3f * gap), 0.25f, 1) : 0;
    }
}
