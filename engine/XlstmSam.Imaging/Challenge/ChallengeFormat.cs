namespace XlstmSam.Imaging;

/// <summary>The arrays of a case as the official evaluator writes them, in its order.</summary>
internal static class ChallengeFormat
{
    public static List<KeyValuePair<string, NpyArray>> Arrays(ChallengeCase c)
    {
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        Add("imgs", c.Imgs);
        Add("gts", c.Gts);
        Add("spacing", new(c.Spacing.ToArray(), c.Spacing.Count));
        Add("boxes", Objects(c.Boxes?.Select(b => b.ToItem())));
        Add("clicks", Objects(c.Clicks?.Select(k => k.ToItem())));
        Add("clicks_order", c.ClicksOrder is null ? null : Order(c.ClicksOrder));
        Add("prev_pred", c.PrevPred);
        Add("text_prompts", c.TextPrompts is null ? null : new(new object?[] { c.TextPrompts }));
        return arrays;

        void Add(string name, NpyArray? array)
        {
            if (array is not null)
            {
                arrays.Add(new(name, array));
            }
        }
    }

    private static NpyArray? Objects(IEnumerable<object?>? items)
    {
        var array = items?.ToArray();
        return array is null ? null : new(array, array.Length);
    }

    // numpy makes a text array of (N, k) when every entry is a text, an object array when one is None, and objects of lists when rows differ.
    private static NpyArray Order(IReadOnlyList<IReadOnlyList<string?>> order)
    {
        var rounds = order.Count == 0 ? 0 : order[0].Count;
        if (order.Any(row => row.Count != rounds))
        {
            return new(order.Select(row => (object?)new List<object?>(row)).ToArray(), order.Count);
        }

        var flat = order.SelectMany(row => row).ToArray();
        return flat.Any(kind => kind is null)
            ? new(Array.ConvertAll(flat, kind => (object?)kind), order.Count, rounds)
            : new(Array.ConvertAll(flat, kind => kind!), order.Count, rounds);
    }
}
