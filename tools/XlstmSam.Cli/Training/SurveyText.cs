using XlstmSam.Cli.Text;
using XlstmSam.Training;

namespace XlstmSam.Cli.Training;

/// <summary>The look at all cases before the first step, and what it finds in words.</summary>
internal static class SurveyText
{
    /// <summary>Looks at all cases before the first step; those that cannot be used are named and left out.</summary>
    public static Splits Surveyed(VerbContext context, Splits splits, CaseCache prepared, RunConfig config)
    {
        var throttle = new Throttle(context.Terminal.Clock, TimeSpan.FromSeconds(10));
        CaseInfo[] all = [.. splits.Train, .. splits.Validation];
        var survey = CaseSurvey.Of(all, prepared, config.Model, config.Training, count => Note(count), context.Cancel);
        DataSetText.Warn(
            context,
            [
                .. survey.LeftOut.Select(left =>
                    left.Reason.StartsWith("Case '", StringComparison.Ordinal)
                        ? $"left out: {left.Reason}"
                        : $"left out: Case '{left.Case.Id}': {left.Reason}"),
            ]);

        DataSetText.Warn(context, survey.Warnings);
        if (survey.Reach.Sentence(config.Model, config.Training.MinimumVoxels) is { } sentence)
        {
            context.Terminal.Warn(sentence);
        }

        var usable = survey.Usable.ToHashSet<CaseInfo>(ReferenceEqualityComparer.Instance);
        var left = new Splits([.. splits.Train.Where(usable.Contains)], [.. splits.Validation.Where(usable.Contains)]);
        if (survey.LeftOut.Count > 0)
        {
            context.Say(
                $"{survey.LeftOut.Count} of {all.Length} cases cannot be used; {left.Train.Count} remain to train on, {left.Validation.Count} to validate " +
                "with.");
        }

        return left.Train.Count > 0
            ? left
            : throw new InvalidDataException($"Training: none of {splits.Train.Count} cases can be used; the first: {survey.LeftOut[0].Reason}");

        void Note(int count)
        {
            if (throttle.Passes() && count > 1 && count < all.Length)
            {
                context.Say($"Looking at the cases: {count} of {all.Length}.");
            }
        }
    }
}
