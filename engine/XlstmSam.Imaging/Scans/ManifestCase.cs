namespace XlstmSam.Imaging;

/// <summary>What a manifest says about one case. Texts are as written; paths are relative to the manifest's folder.</summary>
/// <param name="Where">The file and the case, for messages.</param>
public sealed record ManifestCase(string Id, string Where)
{
    /// <summary>The word as written; null where none is.</summary>
    public string? Modality { get; init; }

    /// <summary>train, val, test, extra or none, as written; null where it is not said.</summary>
    public string? Split { get; init; }

    /// <summary>Whom the case shows; null where it is not said.</summary>
    public string? Subject { get; init; }

    /// <summary>The image in a format of its own, such as NIfTI.</summary>
    public string? Image { get; init; }

    /// <summary>The labels on the image's grid; null where there are none.</summary>
    public string? Label { get; init; }

    /// <summary>The same case in the challenge's format.</summary>
    public string? Npz { get; init; }

    /// <summary>The voxel size in millimetres along x, y and z.</summary>
    public IReadOnlyList<double>? Spacing { get; init; }

    /// <summary>The CT window, where it is not the usual one.</summary>
    public CtWindow? Window { get; init; }

    /// <summary>What the labels of <see cref="Label"/> mean, by number.</summary>
    public IReadOnlyDictionary<int, string> LabelNames { get; init; } = new Dictionary<int, string>();

    /// <summary>What the labels in the npz mean, by number.</summary>
    public IReadOnlyDictionary<int, string> NpzLabelNames { get; init; } = new Dictionary<int, string>();
}
