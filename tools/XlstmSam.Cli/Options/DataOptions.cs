using System.CommandLine;
using XlstmSam.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Cli.Options;

/// <summary>Which data set, and which files of it.</summary>
internal sealed class DataOptions(string description, bool required)
{
    public Option<string?> Folder { get; } = new("--data") { Description = description, HelpName = "DIR", Required = required };

    public Option<string?> Filter { get; } = new("--filter") { Description = "Only cases whose id matches, with * and ?.", HelpName = "GLOB" };

    public SpacingOption Spacing { get; } = new();

    private readonly Option<string> source = new("--source")
    {
        Description = "Which files of a manifest to read: nifti or npz.",
        HelpName = "nifti|npz",
        DefaultValueFactory = _ => "nifti",
    };

    private readonly Option<string?> modality = new("--modality")
    {
        Description = "Of every case, whatever the data set says: CT, MRI, PET, US, Microscopy or Unknown.",
        HelpName = "NAME",
    };

    private readonly Option<bool> outside = new("--allow-outside")
    {
        Description = "Also read files that the data set's description names outside its folder.",
    };

    private readonly Option<string?> truth = new("--truth")
    {
        Description = "A second folder with the ground truth of challenge npz files, in files of the same names.",
        HelpName = "DIR",
    };

    public IReadOnlyList<Option> All => [Folder, Filter, source, Spacing, modality, outside, truth];

    /// <summary>How the data set is opened.</summary>
    public DataSetOptions Choose(VerbContext context) => new(
        context.Get(Filter), Source(context), Spacing.Choose(context), context.Get(modality) is { } word ? ModalityNames.Parse(word) : null)
    {
        AllowsOutside = context.Get(outside),
        Truth = context.Get(truth),
    };

    public bool IsSourceGiven(VerbContext context) => context.IsGiven(source);

    public CaseSource Source(VerbContext context) => context.Get(source) switch
    {
        "nifti" => CaseSource.Nifti,
        "npz" => CaseSource.Npz,
        var text => throw new UsageException($"--source '{text}' is not known; expected nifti or npz."),
    };
}
