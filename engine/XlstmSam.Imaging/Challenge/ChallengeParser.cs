namespace XlstmSam.Imaging;

/// <summary>Turns unpickled values into the challenge's boxes, clicks, orders and texts.</summary>
internal static class ChallengeParser
{
    /// <summary>More clicks than a person or the evaluator makes; shared lists could otherwise multiply a small file into a large one.</summary>
    private const int MostClicks = 1_000_000;

    public static IReadOnlyList<ChallengeBox> Boxes(NpyArray array, string subject)
    {
        subject += ", array 'boxes'";
        return [.. Items(array, subject).Select(item => ChallengeBox.Of(Dictionary(item, subject), subject))];
    }

    public static IReadOnlyList<ChallengeClicks> Clicks(NpyArray array, string subject)
    {
        subject += ", array 'clicks'";
        var classes = new List<ChallengeClicks>();
        var left = MostClicks;
        foreach (var item in Items(array, subject))
        {
            var dictionary = Dictionary(item, subject);
            classes.Add(new(Points(dictionary, "fg", ref left, subject), Points(dictionary, "bg", ref left, subject)));
        }

        return classes;
    }

    /// <summary>Per class and round "fg", "bg" or null, from a text or object array of shape (N, k), or (N,) of lists.</summary>
    public static IReadOnlyList<IReadOnlyList<string?>> Order(NpyArray array, string subject)
    {
        subject += ", array 'clicks_order'";
        var items = array.Data switch
        {
            string[] texts => texts,
            object?[] objects => objects,
            double[] { Length: 0 } => [],
            _ => throw Refuse(subject, $"is {array}", "texts 'fg' and 'bg' or None"),
        };
        if (array.Shape.Count == 2)
        {
            var rounds = array.Shape[1];
            return
            [
                .. Enumerable.Range(0, array.Shape[0])
                    .Select(c => (IReadOnlyList<string?>)[.. items.Skip(c * rounds).Take(rounds).Select(i => Kind(i, subject))]),
            ];
        }

        return array.Shape.Count == 1
            ? [.. items.Select(i => (IReadOnlyList<string?>)[.. Sequence(i, subject).Take(MostClicks).Select(k => Kind(k, subject))])]
            : throw Refuse(subject, $"is {array}", "one row per class");
    }

    public static IReadOnlyDictionary<string, object?> Texts(NpyArray array, string subject) =>
        Dictionary(array.Data is object?[] { Length: 1 } items ? items[0] : null, subject + ", array 'text_prompts'");

    /// <summary>The value as a 32-bit whole number, or null.</summary>
    public static int? Whole(object? value) => value switch
    {
        long n and >= int.MinValue and <= int.MaxValue => (int)n,
        double d and >= int.MinValue and <= int.MaxValue when d == Math.Floor(d) => (int)d,
        NpyArray { Shape.Count: 0, IsNumeric: true } a => Whole(a.ToDoubles("scalar")[0]),
        _ => null,
    };

    private static IReadOnlyList<VoxelIndex> Points(Dictionary<string, object?> item, string key, ref int left, string subject)
    {
        if (!item.TryGetValue(key, out var value))
        {
            throw Refuse(subject, $"a class has no '{key}' list", "dictionaries with 'fg' and 'bg'");
        }

        var points = new List<VoxelIndex>();
        foreach (var point in Sequence(value, subject))
        {
            if (--left < 0)
            {
                throw Refuse(subject, $"holds more than {MostClicks} clicks", "a plausible number");
            }

            points.Add(Point(point, subject));
        }

        return points;
    }

    private static VoxelIndex Point(object? point, string subject)
    {
        var zyx = Sequence(point, subject).Take(4).Select(Whole).ToArray();
        return zyx is [{ } z, { } y, { } x] ? new(x, y, z) : throw Refuse(subject, "a click is not three whole numbers", "[z, y, x]");
    }

    // Lists may have been saved as tuples or as numeric arrays; an array of rank 2 is a list of its rows.
    private static IEnumerable<object?> Sequence(object? value, string subject) => value switch
    {
        List<object?> list => list,
        object?[] tuple => tuple,
        NpyArray { IsNumeric: true, Shape.Count: 1 } a => a.ToDoubles(subject).Select(d => (object?)d),
        NpyArray { IsNumeric: true, Shape: [_, var width] } a =>
            width == 0 ? [] : a.ToDoubles(subject).Chunk(width).Select(row => (object?)Array.ConvertAll(row, d => (object?)d)),
        NpyArray { IsText: true } a => (string[])a.Data,
        _ => throw Refuse(subject, $"holds {(value is null ? "None" : value.GetType().Name)}", "a list"),
    };

    private static string? Kind(object? value, string subject) => value switch
    {
        null => null,
        "fg" or "bg" => (string)value,
        _ => throw Refuse(subject, $"holds '{value}'", "'fg', 'bg' or None"),
    };

    private static IEnumerable<object?> Items(NpyArray array, string subject) => array switch
    {
        { IsObject: true } => (object?[])array.Data,
        { Data.Length: 0 } => [],
        _ => throw Refuse(subject, $"is {array}", "an object array of dictionaries"),
    };

    private static Dictionary<string, object?> Dictionary(object? item, string subject) => item as Dictionary<string, object?>
        ?? throw Refuse(subject, $"holds {(item is null ? "None" : item.GetType().Name)}", "a dictionary");

    private static InvalidDataException Refuse(string subject, string got, string expected) =>
        new($"{subject}: {got}; expected {expected}. Write it as the challenge's evaluator does.");
}
