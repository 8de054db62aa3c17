namespace XlstmSam.Training;

/// <summary>A list of cases, and what is worth telling about them.</summary>
/// <param name="Warnings">One sentence each: cases left out because a file is missing, doubtful spacing, ignored channels.</param>
public sealed record DataSet(string Name, IReadOnlyList<CaseInfo> Cases, IReadOnlyList<string> Warnings)
{
    /// <summary>One sentence each: how the data set is read, where that was a choice.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Opens a folder with a manifest.json, an nnU-Net or Medical Segmentation Decathlon folder, or a folder of challenge npz files.</summary>
    public static DataSet Open(string folder, DataSetOptions? options = null)
    {
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException($"Data set '{folder}': there is no such folder.", folder);
        }

        var list = new CaseList(folder, options ?? new());
        try
        {
            AddCases(list);
        }
        catch (InvalidOperationException e)
        {
            // JSON texts are decoded when they are asked for, and half a surrogate pair is no text.
            throw new InvalidDataException($"Data set '{folder}': its description has a text that cannot be read ({e.Message})", e);
        }

        return list.Build();
    }

    private static void AddCases(CaseList list)
    {
        var folder = list.Folder;
        if (File.Exists(Path.Combine(folder, ManifestFolder.FileName)))
        {
            ManifestFolder.AddCases(list);
        }
        else if (File.Exists(Path.Combine(folder, NnUNetFolder.FileName)))
        {
            NnUNetFolder.AddCases(list);
        }
        else if (NpzFolder.Files(folder).Length > 0)
        {
            NpzFolder.AddCases(list);
        }
        else
        {
            throw new InvalidDataException(
                $"Data set '{folder}': the layout is not known; expected a manifest.json, an nnU-Net or Decathlon folder (dataset.json, imagesTr, " +
                "labelsTr), or challenge files (*.npz).");
        }
    }
}
