namespace XlstmSam.Imaging;

/// <summary>
/// One npz case of the CVPR 2025 interactive segmentation challenge. Arrays are (D, H, W) = (z, y, x) in C order, which is the memory
/// order of <see cref="Volume{T}"/>; their axes are taken as R, A, S with the origin at voxel (0, 0, 0), since the format says nothing more.
/// </summary>
public sealed record ChallengeCase
{
    /// <summary>The name used in messages.</summary>
    public string Name { get; init; } = "case";

    /// <summary>The image (D, H, W); null where the case has none.</summary>
    public NpyArray? Imgs { get; init; }

    /// <summary>The ground truth (D, H, W), 0 for background; null where the case has none.</summary>
    public NpyArray? Gts { get; init; }

    /// <summary>The three numbers as stored; <see cref="SpacingOrder"/> says whose they are.</summary>
    public required IReadOnlyList<double> Spacing { get; init; }

    /// <summary>True where the file has no spacing and 1 mm is taken along each axis.</summary>
    public bool IsSpacingMissing { get; init; }

    /// <summary>One box per class, or null when the case has none: there is then no box round.</summary>
    public IReadOnlyList<ChallengeBox>? Boxes { get; init; }

    /// <summary>One entry per class, or null when the case has none.</summary>
    public IReadOnlyList<ChallengeClicks>? Clicks { get; init; }

    /// <summary>Per class, the kind of its click in each round: "fg", "bg", or null for a round without a click.</summary>
    public IReadOnlyList<IReadOnlyList<string?>>? ClicksOrder { get; init; }

    /// <summary>The prediction of the round before (D, H, W); null in the first round.</summary>
    public NpyArray? PrevPred { get; init; }

    /// <summary>Label ids to descriptions, and "instance_label" with 0 or 1.</summary>
    public IReadOnlyDictionary<string, object?>? TextPrompts { get; init; }

    /// <summary>Reads a case.</summary>
    /// <exception cref="InvalidDataException">The file is no such case; the sentence says what is wrong.</exception>
    public static ChallengeCase Read(string path)
    {
        using var archive = NpzArchive.Open(path);
        return Read(archive, path);
    }

    /// <summary>Reads a case from an open archive; <paramref name="name"/> is used in messages.</summary>
    /// <exception cref="InvalidDataException">The archive is no such case.</exception>
    public static ChallengeCase Read(NpzArchive archive, string name)
    {
        var subject = $"npz '{name}'";
        var read = new ChallengeCase
        {
            Name = name,
            Imgs = Grid(archive, "imgs", subject),
            Gts = Grid(archive, "gts", subject),
            PrevPred = Grid(archive, "prev_pred", subject),
            Spacing = archive.TryRead("spacing") is { } spacing ? ReadSpacing(spacing, subject) : [1, 1, 1],
            IsSpacingMissing = !archive.Contains("spacing"),
            Boxes = archive.TryRead("boxes") is { } boxes ? ChallengeParser.Boxes(boxes, subject) : null,
            Clicks = archive.TryRead("clicks") is { } clicks ? ChallengeParser.Clicks(clicks, subject) : null,
            ClicksOrder = archive.TryRead("clicks_order") is { } order ? ChallengeParser.Order(order, subject) : null,
            TextPrompts = archive.TryRead("text_prompts") is { } texts ? ChallengeParser.Texts(texts, subject) : null,
        };
        read.CheckSizes(subject);
        return read;
    }

    /// <summary>Writes the arrays that are set, in the organisers' order, whole or not at all.</summary>
    public void Write(string path) => NpzWriter.Write(path, ChallengeFormat.Arrays(this));

    /// <summary>The grid of the case, from whichever of imgs, gts and prev_pred it has.</summary>
    public VolumeGeometry Geometry(SpacingOrder order)
    {
        var shape = (Imgs ?? Gts ?? PrevPred ?? throw Lacks("imgs, gts or prev_pred")).Shape;
        var first = order == SpacingOrder.Xyz ? 0 : 2;
        return new(new(shape[2], shape[1], shape[0]), Affine3.Scale(Spacing[first], Spacing[1], Spacing[2 - first]));
    }

    /// <summary>The image on the case's grid; first axis x, in millimetres of the stored spacing.</summary>
    /// <exception cref="InvalidDataException">The case has no image.</exception>
    public Volume<float> Image(SpacingOrder order) => new(Geometry(order), (Imgs ?? throw Lacks("imgs")).ToFloats($"npz '{Name}', array 'imgs'"));

    /// <summary>The ground truth on the case's grid.</summary>
    /// <exception cref="InvalidDataException">The case has none, or its values are no whole numbers.</exception>
    public Volume<int> Labels(SpacingOrder order) => new(Geometry(order), (Gts ?? throw Lacks("gts")).ToIntegers($"npz '{Name}', array 'gts'"));

    /// <summary>The prediction of the round before on the case's grid, or null.</summary>
    public Volume<int>? PreviousPrediction(SpacingOrder order) =>
        PrevPred is null ? null : new(Geometry(order), PrevPred.ToIntegers($"npz '{Name}', array 'prev_pred'"));

    /// <summary>
    /// True when the stored spacing looks like (x, y, z) although it would be read as (z, y, x): the first two numbers agree, the third is
    /// larger, and there are fewer slices than rows. Reading it as <see cref="SpacingOrder.Array"/> then deserves a warning.
    /// </summary>
    public bool SpacingLooksReversed() => (Imgs ?? Gts ?? PrevPred)?.Shape is { } shape && LooksReversed(Spacing, shape);

    /// <summary>The same for the spacing and the shape (D, H, W) alone.</summary>
    public static bool LooksReversed(IReadOnlyList<double> spacing, IReadOnlyList<int> shape) =>
        shape[0] < shape[1] && Math.Abs(spacing[0] - spacing[1]) <= 0.01 * spacing[0] && spacing[2] > 1.05 * spacing[0];

    private static NpyArray? Grid(NpzArchive archive, string name, string subject)
    {
        var array = archive.TryRead(name);
        return array is null or { IsNumeric: true, Shape: [> 0, > 0, > 0] }
            ? array
            : throw new InvalidDataException($"{subject}, array '{name}': is {array}; expected numbers of shape (D, H, W). Save one volume per file.");
    }

    private static double[] ReadSpacing(NpyArray array, string subject)
    {
        var spacing = array.ToDoubles($"{subject}, array 'spacing'");
        return spacing.Length == 3 && spacing.All(s => s > 0 && double.IsFinite(s))
            ? spacing
            : throw new InvalidDataException($"{subject}, array 'spacing': is ({string.Join(", ", spacing.Take(10))}); expected three voxel sizes above 0.");
    }

    private void CheckSizes(string subject)
    {
        NpyArray? first = null;
        foreach (var array in new[] { Imgs, Gts, PrevPred })
        {
            if (first is not null && array is not null && !first.Shape.SequenceEqual(array.Shape))
            {
                throw new InvalidDataException($"{subject}: imgs, gts and prev_pred differ in shape: {first} and {array}. Save them on one grid.");
            }

            first ??= array;
        }
    }

    private InvalidDataException Lacks(string name) => new($"npz '{Name}': has no {name}. Check that it is a case of the challenge.");
}
