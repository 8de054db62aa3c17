namespace XlstmSam.Kernels;

/// <summary>How the elements of a <see cref="View"/> are stored. Kernels compute in float32 either way.</summary>
public enum ElementType
{
    Float32,

    /// <summary>The upper half of a float: 8 significant bits, the same range.</summary>
    BFloat16,
}

/// <summary>Sizes of elements.</summary>
public static class ElementTypes
{
    public static int Bytes(this ElementType type) => type == ElementType.BFloat16 ? 2 : sizeof(float);
}

/// <summary>A dense run of activations, weights or gradients. <see cref="None"/> marks an optional operand that is absent.</summary>
/// <param name="Offset">First element, counted in elements from the start of the buffer.</param>
/// <param name="Length">Number of elements.</param>
public readonly record struct View(DeviceBuffer? Buffer, long Offset, long Length, ElementType Type = ElementType.Float32)
{
    public static View None => default;

    public bool IsNone => Buffer is null;

    public long ByteLength => Length * Type.Bytes();

    public View Slice(long start, long length) =>
        start >= 0 && length >= 0 && start + length <= Length
            ? this with { Offset = Offset + start, Length = length }
            : throw new ArgumentOutOfRangeException(nameof(start), $"View: slice [{start}, {start + length}) of {Length} elements.");
}

/// <summary>A dense run of bytes: the labels of a loss. A type of its own, so that labels cannot be passed where activations belong.</summary>
public readonly record struct U8View(DeviceBuffer? Buffer, long Offset, long Length);

/// <summary>A dense run of 32-bit whole numbers: rows of a table, pairs, random words.</summary>
public readonly record struct I32View(DeviceBuffer? Buffer, long Offset, long Length)
{
    public I32View Slice(long start, long length) =>
        start >= 0 && length >= 0 && start + length <= Length
            ? this with { Offset = Offset + start, Length = length }
            : throw new ArgumentOutOfRangeException(nameof(start), $"I32View: slice [{start}, {start + length}) of {Length} elements.");
}
