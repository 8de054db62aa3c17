using XlstmSam.Runtime;

namespace XlstmSam.Training;

/// <summary>Refuses a training run that would not fit, before it starts, and says what would.</summary>
public static class TrainingMemoryCheck
{
    private const int Suggestions = 3;

    public static void Require(TrainingPlan plan, Device device, MemoryRoom room)
    {
        MemoryCheck.RequireHost("Training", plan.HostBytes, room);
        if (plan.PeakBytes <= room.Bytes)
        {
            return;
        }

        var (model, training) = (plan.Config.Model, plan.Config.Training);
        var savings = Savings(plan, device);
        var parts = new List<string> { $"activations {Units.Bytes(plan.PassBytes)}", $"weights, gradients and moments " +
            $"{Units.Bytes(plan.SlabBytes)}", $"kernels {Units.Bytes(plan.ScratchBytes)}" };
        parts.Add(plan.SharesHostMemory ? $"samples and program {Units.Bytes(plan.HostBytes)}" : $"driver {Units.Bytes(plan.Inference.DriverBytes)}");
        var tries = Recompute(plan, savings, device, room.Bytes)
            .Concat(training.Batch > 1 ? ["--batch 1"] : Array.Empty<string>())
            .Concat(training.Targets > 1 ? ["one target per image (training.targets in the configuration)"] : Array.Empty<string>())
            .Append("a smaller size in the configuration")
            .Append("--memory GiB if more can be spared");
        var largest = savings.Count == 0
            ? ""
            : $" Largest: {string.Join(", ", savings.Take(Suggestions).Select(s => $"{StageList.ModuleOf(model, s.Stage)}, {Units.Bytes(s.Bytes)}"))}.";
        throw new ResourceException(
            $"Training step needs {Units.Bytes(plan.PeakBytes)} at patch {string.Join("x", model.Size)}, batch {training.Batch}, recompute " +
            $"{StageList.Write(training.Recompute ?? [])} ({string.Join(", ", parts)}); '{device.Backend.Name}' has {Units.Bytes(room.Bytes)} " +
            $"free.{largest} Try {string.Join(", or ", tries)}.");
    }

    /// <summary>The fewest stages whose recomputation makes the step fit, or all that help where even those do not.</summary>
    private static IEnumerable<string> Recompute(TrainingPlan plan, List<(string Stage, long Bytes)> savings, Device device, long available)
    {
        var stages = (plan.Config.Training.Recompute ?? []).ToList();
        var needed = plan.PeakBytes;
        foreach (var (stage, _) in savings)
        {
            stages.Add(stage);
            needed = plan.With(stages, device).PeakBytes;
            if (needed <= available)
            {
                break;
            }
        }

        return savings.Count == 0
            ? []
            :
            [
                $"--recompute {StageList.Write(StageList.InOrder(plan.Config.Model, stages))} (then " +
                $"{Units.Bytes(needed)}{(needed <= available ? "" : ", still too much")})",
            ];
    }

    /// <summary>What recomputing each stage would save, most first.</summary>
    private static List<(string Stage, long Bytes)> Savings(TrainingPlan plan, Device device)
    {
        var savings = new List<(string Stage, long Bytes)>();
        var recomputed = plan.Config.Training.Recompute ?? [];
        foreach (var stage in StageList.All(plan.Config.Model).Except(recomputed))
        {
            savings.Add((stage, plan.Step.PeakBytes - plan.With([.. recomputed, stage], device).Step.PeakBytes));
        }

        return [.. savings.Where(s => s.Bytes > 0).OrderByDescending(s => s.Bytes)];
    }
}
