using XlstmSam.Training;

namespace XlstmSam.Cli.Text;

/// <summary>Says how a data set is read and what is doubtful about it.</summary>
internal static class DataSetText
{
    private const int MostWarnings = 10;

    public static void Tell(VerbContext context, DataSet set)
    {
        Warn(context, set.Warnings);
        foreach (var note in set.Notes)
        {
            context.Say(note);
        }

        var counts = set.Cases.GroupBy(info => info.Modality).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}");
        context.Say($"{set.Name}: {set.Cases.Count} cases by modality: {string.Join(", ", counts)}.");
    }

    /// <summary>The first warnings in full, and how many more there are.</summary>
    public static void Warn(VerbContext context, IReadOnlyList<string> warnings)
    {
        var shown = context.IsVerbose ? warnings.Count : Math.Min(MostWarnings, warnings.Count);
        foreach (var warning in warnings.Take(shown))
        {
            context.Terminal.Warn(warning);
        }

        if (shown < warnings.Count)
        {
            context.Terminal.Warn($"{warnings.Count - shown} more warnings of the kind; --verbose shows them.");
        }
    }
}
