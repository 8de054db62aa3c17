using ILGPU;
using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Shared memory by its address: four words at a time, at multiples of 16 bytes.</summary>
internal static class SharedWords
{
    public const uint Bytes = 4;

    public static Float4 Load(uint address)
    {
        Output<float> x = default, y = default, z = default, w = default;
        Input<uint> from = address;
        CudaAsm.EmitRef("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];", ref x, ref y, ref z, ref w, ref from);
        return new(x.Value, y.Value, z.Value, w.Value);
    }

    /// <summary>Two words, at a multiple of 8 bytes.</summary>
    public static void StoreTwo(uint address, float x, float y) => CudaAsm.Emit("st.shared.v2.f32 [%0], {%1, %2};", address, x, y);

    public static void Store(uint address, Float4 value) =>
        CudaAsm.Emit("st.shared.v4.f32 [%0], {%1, %2, %3, %4};", address, value.X, value.Y, value.Z, value.W);

    public static float LoadOne(uint address)
    {
        CudaAsm.Emit("ld.shared.f32 %0, [%1];", out float value, address);
        return value;
    }

    /// <summary>
    /// Each lane gives the address of 16 bytes: lanes 0 to 7 the rows of a first 8 x 4 matrix, and so on. Lane l gets word l mod 4 of row l / 4 of
    /// all four.
    /// </summary>
    public static Float4 LoadMatrices(uint address)
    {
        Output<uint> x = default, y = default, z = default, w = default;
        Input<uint> from = address;
        CudaAsm.EmitRef("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];", ref x, ref y, ref z, ref w, ref from);
        return new(Interop.IntAsFloat(x.Value), Interop.IntAsFloat(y.Value), Interop.IntAsFloat(z.Value), Interop.IntAsFloat(w.Value));
    }

    /// <summary>The same rows as columns of half words: lane l gets those of column l / 4 in rows 2 (l mod 4) and the next.</summary>
    public static Float4 LoadTransposed(uint address)
    {
        Output<uint> x = default, y = default, z = default, w = default;
        Input<uint> from = address;
        CudaAsm.EmitRef("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];", ref x, ref y, ref z, ref w, ref from);
        return new(Interop.IntAsFloat(x.Value), Interop.IntAsFloat(y.Value), Interop.IntAsFloat(z.Value), Interop.IntAsFloat(w.Value));
    }
}
