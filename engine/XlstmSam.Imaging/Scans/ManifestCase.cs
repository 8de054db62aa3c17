namespace XlstmSam.Imaging;

/// <summary>What a manifest says about one case. Texts are as written; paths are relative to the manifest's folder.</summary>
/// <param name="Where">The file and the case, for messages.</param>
public sealed record ManifestCase(string Id, string Where)
{
    public string? Modality { get; init; }

    public string? Split { get; init; }

    public string? Subject { get; init; }

    /// <summary>The image in a format of its own, such as NIfTI.</summary>
    public string? Image { get; init; }

    public string? Label { get; init; }

    /// <summary>The same case in the challenge's format.</summary>
    public string? Npz { get; init; }

    /// <summary>The voxel size in millimetres along x, y and z.</summary>
    public IReadOnlyList<double>? Spacing { get; init; }

    public CtWindow? Window { get; init; }

    public IReadOnlyDictionary<int, string> LabelNames { get; init; } = new Dictionary<int, string>();

    public IReadOnlyDictionary<int, string> NpzLabelNames { get; init; } = new Dictionary<int, string>();
}
