namespace XlstmSam.Runtime;

/// <summary>The memory that work may take.</summary>
/// <param name="Bytes">On the device.</param>
/// <param name="HostBytes">Beside it, on the host; null where the device's memory is the host's.</param>
public sealed record MemoryRoom(long Bytes, long? HostBytes);
