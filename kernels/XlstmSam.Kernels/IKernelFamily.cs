namespace XlstmSam.Kernels;

/// <summary>A family of kernels whose calls are described by one kind of geometry.</summary>
/// <typeparam name="TGeometry">The shape of one call.</typeparam>
public interface IKernelFamily<TGeometry>
    where TGeometry : struct, IGeometry
{
    /// <summary>How many bytes any kernel of the family takes at most beside its operands, for this geometry; 0 where it takes none.</summary>
    long ScratchBytes(in TGeometry geometry);
}
