using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// One argument of a launch. Views become array views (address and length; length 0 for None), so that a kernel tells an absent operand by its
/// length. A struct of numbers goes through <see cref="Of"/>.
/// </summary>
public readonly struct KernelArgument
{
    private readonly Storage storage;

    private KernelArgument(int size, Storage storage) => (Size, this.storage) = (size, storage);

    /// <summary>Bytes in the parameter memory.</summary>
    public int Size { get; }

    public static implicit operator KernelArgument(int value) => Of(value);

    public static implicit operator KernelArgument(long value) => Of(value);

    public static implicit operator KernelArgument(float value) => Of(value);

    public static implicit operator KernelArgument(View view) => Of(view, ElementType.Float32);

    public static implicit operator KernelArgument(U8View view) => Of(new ArrayView(CudaBuffer.Address(view), view.Length));

    public static implicit operator KernelArgument(I32View view) => Of(new ArrayView(CudaBuffer.Address(view), view.Length));

    /// <summary>For a kernel whose parameter has elements of this type.</summary>
    public static KernelArgument Of(View view, ElementType type) => view.IsNone || view.Type == type
        ? Of(new ArrayView(CudaBuffer.Address(view), view.Length))
        : throw new InvalidOperationException($"A kernel was given {view.Length} elements of {view.Type}; it takes {type}.");

    /// <summary>The address alone, for a kernel whose parameter is a <c>long</c>.</summary>
    public static KernelArgument AddressOf(View view) => Of((long)CudaBuffer.Address(view));

    /// <summary>A value or struct of the same layout on both sides, at most 128 bytes.</summary>
    public static KernelArgument Of<T>(in T value)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Unsafe.SizeOf<Storage>());
        Unsafe.SkipInit(out Storage storage);
        Unsafe.WriteUnaligned(ref Unsafe.As<Storage, byte>(ref storage), value);
        return new(size, storage);
    }

    internal void CopyTo(Span<byte> destination) => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in storage, 1))[..Size].CopyTo(destination);

    [InlineArray(16)]
    private struct Storage
    {
        private ulong first;
    }

    private readonly record struct ArrayView(nint Address, long Length);
}
