namespace XlstmSam.Runtime;

/// <summary>Refuses work that would not fit, before it starts, and says what would.</summary>
public static class MemoryCheck
{
    /// <summary>What a scan takes: as read, in RAS order, scaled, interpolated back, and two masks.</summary>
    public static long ScanBytes(long voxels) => voxels * ((4 * sizeof(float)) + 2);

    /// <summary>The same with labels as read and as compared, errors, distances, and six answers to keep.</summary>
    public static long LabelledScanBytes(long voxels) => ScanBytes(voxels) + (voxels * (sizeof(int) + sizeof(ushort) + (2 * sizeof(int)) + 6));

    /// <returns>The bytes of the device's memory that the work is to keep to.</returns>
    public static long Inference(InferencePlan plan, string what, long scanBytes, Device device, MemoryRoom room)
    {
        var program = InferencePlan.HostBytes(device.SharesHostMemory);
        RequireHost(what, scanBytes + program, room);
        var needed = plan.PeakBytes + (device.SharesHostMemory ? scanBytes + program : 0);
        var beside = device.SharesHostMemory ? $", scan {Units.Bytes(scanBytes)}, program {Units.Bytes(program)}" : $", driver {Units.Bytes(plan.DriverBytes)}";
        return needed <= room.Bytes ? needed : throw new ResourceException(
            $"{what} needs {Units.Bytes(needed)} (weights {Units.Bytes(plan.ParameterBytes)}, network {Units.Bytes(plan.PassBytes)}, kernels " +
            $"{Units.Bytes(plan.ScratchBytes)}{beside}); '{device.Backend.Name}' has {Units.Bytes(room.Bytes)} free. Free some memory, or give --memory GiB " +
            "if more can be spared.");
    }

    /// <summary>Refuses work whose scans and program do not fit the host beside a card.</summary>
    /// <exception cref="ResourceException">They do not fit.</exception>
    public static void RequireHost(string what, long needed, MemoryRoom room)
    {
        if (needed > room.HostBytes)
        {
            throw new ResourceException(
                $"{what} needs {Units.Bytes(needed)} of the machine's memory for scans and the program, besides the card's; " +
                $"{Units.Bytes(room.HostBytes.Value)} are free. Free some memory.");
        }
    }
}
