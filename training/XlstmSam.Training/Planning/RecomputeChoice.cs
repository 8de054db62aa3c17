using System.Numerics;
using XlstmSam.Runtime;

namespace XlstmSam.Training;

/// <summary>Which stages to compute again in backward, where nobody says: those that cost the least work and let training fit.</summary>
/// <param name="Plan">The plan with the stages in its configuration. If nothing fits it is the one that needs least memory.</param>
/// <param name="Reason">One sentence: what was chosen and why.</param>
public sealed record RecomputeChoice(TrainingPlan Plan, string Reason)
{
    /// <summary>The deepest stages of a long encoder are small: they count as one, so that all combinations can be planned.</summary>
    private const int MostUnits = 7;

    /// <summary>The choice for a configuration; one that names its stages keeps them.</summary>
    public static RecomputeChoice Of(RunConfig config, Device device, long available)
    {
        var plan = TrainingPlan.Of(config, device);
        if (config.Training.Recompute is { } named)
        {
            return new(plan, $"Recompute {StageList.Write(named)}, as configured.");
        }

        var none = plan.With([], device);
        return none.PeakBytes <= available ? new(none, $"Recompute none: everything fits in {Units.Bytes(available)}.") : Search(none, device, available);
    }

    private static RecomputeChoice Search(TrainingPlan none, Device device, long available)
    {
        var units = Pieces(none.Config);
        var work = units.Select(unit => none.With(unit, device).Step.Flops - none.Step.Flops).ToArray();
        var masks = Enumerable.Range(1, (1 << units.Length) - 1).OrderBy(Work).ThenBy(mask => BitOperations.PopCount((uint)mask)).ThenBy(mask => mask);
        var least = none;
        foreach (var mask in masks)
        {
            var plan = none.With([.. units.Where((_, unit) => ((mask >> unit) & 1) != 0).SelectMany(unit => unit)], device);
            if (plan.PeakBytes <= available)
            {
                return new(
                    plan,
                    $"Recompute {Stages(plan)}: without it training needs {Units.Bytes(none.PeakBytes)} of {Units.Bytes(available)}; {MoreWork(plan)} more " +
                    "work.");
            }

            least = plan.PeakBytes < least.PeakBytes ? plan : least;
        }

        return new(least, $"Recompute {Stages(least)}: even so training needs {Units.Bytes(least.PeakBytes)}, and {Units.Bytes(available)} are free.");

        long Work(int mask) => work.Where((_, unit) => ((mask >> unit) & 1) != 0).Sum();

        string MoreWork(TrainingPlan plan) => $"{Units.Fixed(100.0 * (plan.Step.Flops - none.Step.Flops) / none.Step.Flops, 0)} %";
    }

    private static string Stages(TrainingPlan plan) => StageList.Write(plan.Config.Training.Recompute!);

    private static string[][] Pieces(RunConfig config)
    {
        var stages = StageList.All(config.Model);
        return
        [
            .. stages.Take(MostUnits - 1).Select(stage => new[] { stage }),
            .. stages.Length < MostUnits ? Array.Empty<string[]>() : [stages[(MostUnits - 1)..]],
        ];
    }
}
