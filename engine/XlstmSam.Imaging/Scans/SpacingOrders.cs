namespace XlstmSam.Imaging;

/// <summary>The one rule for the order of a stored spacing: the order in which it agrees with the voxel size that a description of the data gives.</summary>
public static class SpacingOrders
{
    private const double Agreement = 1e-3;

    /// <param name="stored">Three numbers as a file holds them, in millimetres.</param>
    /// <param name="expected">The voxel size along x, y and z in millimetres, or null where nothing tells.</param>
    /// <returns>Null where the two agree in no order, or nothing tells.</returns>
    public static SpacingOrder? Of(IReadOnlyList<double> stored, IReadOnlyList<double>? expected) =>
        expected is null ? null
        : Agree(stored, expected) ? SpacingOrder.Xyz
        : Agree([.. stored.Reverse()], expected) ? SpacingOrder.Array
        : null;

    private static bool Agree(IReadOnlyList<double> stored, IReadOnlyList<double> expected) =>
        Enumerable.Range(0, 3).All(axis => Math.Abs(stored[axis] - expected[axis]) <= Agreement * expected[axis]);
}
