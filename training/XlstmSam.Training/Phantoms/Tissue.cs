namespace XlstmSam.Training.Phantoms;

/// <summary>What a voxel is made of, in rising priority below <see cref="Organ"/>: organs win over everything else.</summary>
internal enum Tissue : byte
{
    Outside,
    Fat,
    Muscle,
    Vessel,
    Bone,
    Gas,
    Lesion,
    Organ,
}
