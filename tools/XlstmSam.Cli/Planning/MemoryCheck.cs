using XlstmSam.Cli.Text;
using XlstmSam.Kernels;
using XlstmSam.Training;

namespace XlstmSam.Cli.Planning;

/// <summary>Refuses work that would not fit, before it starts, and says what would.</summary>
internal static class MemoryCheck
{
    private const int Suggestions = 3;

    public static void Training(TrainingPlan plan, IBackend backend, long available)
    {
        if (plan.PeakBytes <= available)
        {
            return;
        }

        var (model, training) = (plan.Config.Model, plan.Config.Training);
        var savings = Savings(plan, backend);
        var parts = new List<string> { $"activations {Units.Bytes(plan.Step.PeakBytes)}", $"weights, gradients and moments {Units.Bytes(plan.SlabBytes)}", $"validation {Units.Bytes(plan.Inference.PassBytes)}" };
        var tries = Recompute(plan, savings, backend, available)
            .Concat(training.Batch > 1 ? ["--batch 1"] : Array.Empty<string>())
            .Concat(training.Targets > 1 ? ["one target per image (training.targets in the configuration)"] : Array.Empty<string>())
            .Append("a smaller size in the configuration")
            .Append("--memory GiB if more can be spared");
        var largest = savings.Count == 0 ? "" : $" Largest: {string.Join(", ", savings.Take(Suggestions).Select(s => $"{StageList.NameOf(s.Stage)}, {Units.Bytes(s.Bytes)}"))}.";
        throw new ResourceException(
            $"Training step needs {Units.Bytes(plan.PeakBytes)} at patch {string.Join("x", model.Size)}, batch {training.Batch} ({string.Join(", ", parts)}); '{backend.Name}' has {Units.Bytes(available)} free.{largest} Try {string.Join(", or ", tries)}.");
    }

    /// <param name="imageVoxels">Voxels of the scan.</param>
    public static void Inference(InferencePlan plan, string what, long imageVoxels, IBackend backend, long available)
    {
        // As read, in RAS order, scaled, interpolated back, and two masks.
        var image = imageVoxels * ((4 * sizeof(float)) + 2);
        var needed = plan.PeakBytes + image;
        if (needed > available)
        {
            throw new ResourceException(
                $"{what} needs {Units.Bytes(needed)} (weights {Units.Bytes(plan.ParameterBytes)}, encoder {Units.Bytes(plan.Encode.PeakBytes)}, decoder {Units.Bytes(plan.Decode.PeakBytes)}, scan {Units.Bytes(image)}); '{backend.Name}' has {Units.Bytes(available)} free. Free some memory, or give --memory GiB if more can be spared.");
        }
    }

    /// <summary>The fewest stages whose recomputation makes the step fit, or all that help where even those do not.</summary>
    private static IEnumerable<string> Recompute(TrainingPlan plan, List<(int Stage, long Bytes)> savings, IBackend backend, long available)
    {
        var stages = plan.Config.Model.Encoder.Recompute.ToList();
        var needed = plan.PeakBytes;
        foreach (var (stage, _) in savings)
        {
            stages.Add(stage);
            needed = TrainingPlan.Of(With(plan.Config, [.. stages]), backend).PeakBytes;
            if (needed <= available)
            {
                break;
            }
        }

        return savings.Count == 0 ? [] : [$"--recompute {StageList.Write(stages)} (then {Units.Bytes(needed)}{(needed <= available ? "" : ", still too much")})"];
    }

    private static RunConfig With(RunConfig config, int[] recompute) =>
        config with { Model = config.Model with { Encoder = config.Model.Encoder with { Recompute = recompute } } };

    /// <summary>What recomputing each stage would save, most first.</summary>
    private static List<(int Stage, long Bytes)> Savings(TrainingPlan plan, IBackend backend)
    {
        var encoder = plan.Config.Model.Encoder;
        var savings = new List<(int Stage, long Bytes)>();
        foreach (var stage in StageList.All(encoder).Except(encoder.Recompute))
        {
            savings.Add((stage, plan.Step.PeakBytes - TrainingPlan.Of(With(plan.Config, [.. encoder.Recompute, stage]), backend).Step.PeakBytes));
        }

        return [.. savings.Where(s => s.Bytes > 0).OrderByDescending(s => s.Bytes)];
    }
}
