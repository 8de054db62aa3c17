using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Four neighbouring floats at an address that is a multiple of 16: one load, one store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Float4(float x, float y, float z, float w)
{
    public float X = x;
    public float Y = y;
    public float Z = z;
    public float W = w;
}
