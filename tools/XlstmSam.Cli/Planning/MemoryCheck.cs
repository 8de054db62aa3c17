using XlstmSam.Cli.Devices;
using XlstmSam.Cli.Text;

namespace XlstmSam.Cli.Planning;

/// <summary>Refuses work that would not fit, before it starts, and says what would.</summary>
internal static class MemoryCheck
{
    private const int Suggestions = 3;

    public static void Training(TrainingPlan plan, Device device, MemoryRoom room)
    {
        RequireHost("Training", plan.HostBytes, room);
        if (plan.PeakBytes <= room.Bytes)
        {
            return;
        }

        var (model, training) = (plan.Config.Model, plan.Config.Training);
        var savings = Savings(plan, device);
        var parts = new List<string> { $"activations {Units.Bytes(plan.PassBytes)}", $"weights, gradients and moments {Units.Bytes(plan.SlabBytes)}", $"kernels {Units.Bytes(plan.ScratchBytes)}" };
        parts.Add(plan.SharesHostMemory ? $"samples and program {Units.Bytes(plan.HostBytes)}" : $"driver {Units.Bytes(plan.Inference.DriverBytes)}");
        var tries = Recompute(plan, savings, device, room.Bytes)
            .Concat(training.Batch > 1 ? ["--batch 1"] : Array.Empty<string>())
            .Concat(training.Targets > 1 ? ["one target per image (training.targets in the configuration)"] : Array.Empty<string>())
            .Append("a smaller size in the configuration")
            .Append("--memory GiB if more can be spared");
        var largest = savings.Count == 0 ? "" : $" Largest: {string.Join(", ", savings.Take(Suggestions).Select(s => $"{StageList.NameOf(s.Stage)}, {Units.Bytes(s.Bytes)}"))}.";
        throw new ResourceException(
            $"Training step needs {Units.Bytes(plan.PeakBytes)} at patch {string.Join("x", model.Size)}, batch {training.Batch}, recompute {StageList.Write(model.Encoder.Recompute ?? [])} ({string.Join(", ", parts)}); '{device.Backend.Name}' has {Units.Bytes(room.Bytes)} free.{largest} Try {string.Join(", or ", tries)}.");
    }

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
            $"{what} needs {Units.Bytes(needed)} (weights {Units.Bytes(plan.ParameterBytes)}, network {Units.Bytes(plan.PassBytes)}, kernels {Units.Bytes(plan.ScratchBytes)}{beside}); '{device.Backend.Name}' has {Units.Bytes(room.Bytes)} free. Free some memory, or give --memory GiB if more can be spared.");
    }

    private static void RequireHost(string what, long needed, MemoryRoom room)
    {
        if (needed > room.HostBytes)
        {
            throw new ResourceException($"{what} needs {Units.Bytes(needed)} of the machine's memory for scans and the program, besides the card's; {Units.Bytes(room.HostBytes.Value)} are free. Free some memory.");
        }
    }

    /// <summary>The fewest stages whose recomputation makes the step fit, or all that help where even those do not.</summary>
    private static IEnumerable<string> Recompute(TrainingPlan plan, List<(int Stage, long Bytes)> savings, Device device, long available)
    {
        var stages = (plan.Config.Model.Encoder.Recompute ?? []).ToList();
        var needed = plan.PeakBytes;
        foreach (var (stage, _) in savings)
        {
            stages.Add(stage);
            needed = plan.With([.. stages], device).PeakBytes;
            if (needed <= available)
            {
                break;
            }
        }

        return savings.Count == 0 ? [] : [$"--recompute {StageList.Write(stages)} (then {Units.Bytes(needed)}{(needed <= available ? "" : ", still too much")})"];
    }

    /// <summary>What recomputing each stage would save, most first.</summary>
    private static List<(int Stage, long Bytes)> Savings(TrainingPlan plan, Device device)
    {
        var encoder = plan.Config.Model.Encoder;
        var savings = new List<(int Stage, long Bytes)>();
        int[] recomputed = encoder.Recompute ?? [];
        foreach (var stage in StageList.All(encoder).Except(recomputed))
        {
            savings.Add((stage, plan.Step.PeakBytes - plan.With([.. recomputed, stage], device).Step.PeakBytes));
        }

        return [.. savings.Where(s => s.Bytes > 0).OrderByDescending(s => s.Bytes)];
    }
}
