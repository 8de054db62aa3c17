using System.CommandLine;
using XlstmSam.Training;

namespace XlstmSam.Cli.Options;

/// <summary>Which data set, and which files of it.</summary>
internal sealed class DataOptions(string description, bool required)
{
    public Option<string?> Folder { get; } = new("--data") { Description = description, HelpName = "DIR", Required = required };

    public Option<string?> Filter { get; } = new("--filter") { Description = "Only cases whose id matches, with * and ?.", HelpName = "GLOB" };

    public SpacingOption Spacing { get; } = new();

    private readonly Option<string> source = new("--source") { Description = "Which files of a manifest to read: nifti or npz.", HelpName = "nifti|npz", DefaultValueFactory = _ => "nifti" };

    public IReadOnlyList<Option> All => [Folder, Filter, source, Spacing];

    public bool IsSourceGiven(VerbContext context) => context.IsGiven(source);

    public CaseSource Source(VerbContext context) => context.Get(source) switch
    {
        "nifti" => CaseSource.Nifti,
        "npz" => CaseSource.Npz,
        var text => throw new UsageException($"--source '{text}' is not known; expected nifti or npz."),
    };
}
