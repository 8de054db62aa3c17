namespace XlstmSam.Kernels;

/// <summary>How the elements of a <see cref="View"/> are stored. Kernels compute in float32 either way.</summary>
public enum ElementType
{
    /// <summary>32 bits, as C# stores a float.</summary>
    Float32,

    /// <summary>The upper half of a float: 8 significant bits, the same range.</summary>
    BFloat16,
}

/// <summary>Sizes of elements.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this ElementType type) => type == ElementType.BFloat16 ? 2 : sizeof(float);
}

/// <summary>A dense run of activations, weights or gradients. <see cref="None"/> marks an optional operand that is absent.</summary>
/// <param name="Buffer">Whose memory it is; null for no operand.</param>
/// <param name="Offset">First element, counted in elements from the start of the buffer.</param>
/// <param name="Length">Number of elements.</param>
/// <param name="Type">How the elements are stored.</param>
public readonly record struct View(DeviceBuffer? Buffer, long Offset, long Length, ElementType Type = ElementType.Float32)
{
    /// <summary>No operand.</summary>
    public static View None => default;

    /// <summary>Whether the operand is absent.</summary>
    public bool IsNone => Buffer is null;

    /// <summary>Its length in bytes.</summary>
    public long ByteLength => Length * Type.Bytes();

    /// <summary>Some of its elements.</summary>
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
    /// <summary>Some of its elements.</summary>
    public I32View Slice(long start, long length) =>
        start >= 0 && length >= 0 && start + length <= Length
            ? this with { Offset = Offset + start, Length = length }
            : throw new ArgumentOutOfRangeException(nameof(start), $"I32View: slice [{start}, {start + length}) of {Length} elements.");
}
