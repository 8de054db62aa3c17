namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Whole quotients of positive numbers; a division of 64 bits costs ten of 32.</summary>
internal static class FastDivision
{
    public static long Of(long a, long b) => (a | b) <= uint.MaxValue ? (uint)a / (uint)b : a / b;
}
