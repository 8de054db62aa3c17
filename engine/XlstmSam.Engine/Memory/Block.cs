using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// A piece of device memory with a lifetime. Every look at it through <see cref="As"/>, <see cref="Bytes8"/> or <see cref="Rows32"/>
/// tells the arena that it is still needed, so records keep blocks and tensors, never views.
/// </summary>
public sealed class Block
{
    private readonly Arena? arena;
    private readonly int number;
    private DeviceBuffer? buffer;
    private long offset;

    internal Block(Arena? arena, int number, DeviceBuffer? buffer, long offset, long bytes)
    {
        this.arena = arena;
        this.number = number;
        this.buffer = buffer;
        this.offset = offset;
        ByteLength = bytes;
    }

    public long ByteLength { get; }

    public View View => As(ElementType.Float32);

    public U8View Bytes8
    {
        get
        {
            arena?.Touch(number);
            return new(buffer, offset, ByteLength);
        }
    }

    public I32View Rows32
    {
        get
        {
            arena?.Touch(number);
            return new(buffer, offset / sizeof(int), ByteLength / sizeof(int));
        }
    }

    /// <summary>All of it as elements of a type.</summary>
    public View As(ElementType type)
    {
        arena?.Touch(number);
        return buffer is null ? throw new InvalidOperationException("Block: no memory yet; materialise the parameter store first.")
            : new(buffer, offset / type.Bytes(), ByteLength / type.Bytes(), type);
    }

    /// <summary>Memory that outlives every pass: parameters and constants.</summary>
    internal static Block Persistent(long bytes) => new(null, -1, null, 0, bytes);

    internal void Bind(DeviceBuffer memory, long byteOffset) => (buffer, offset) = (memory, byteOffset);
}
