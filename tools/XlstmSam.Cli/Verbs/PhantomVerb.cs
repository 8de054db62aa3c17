using System.CommandLine;
using System.Globalization;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Phantoms;
using XlstmSam.Imaging;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Cli.Verbs;

/// <summary>phantom: writes labelled synthetic scans as a data set.</summary>
internal sealed class PhantomVerb : Verb
{
    /// <summary>Every so many cases one is held out.</summary>
    private const int ValidationEvery = 5;
    private const int MostVoxels = 1 << 30;
    private const double FinestSpacing = 0.01;
    private const double CoarsestSpacing = 100;

    private readonly Option<string> output = new("--out") { Description = "The folder to create.", HelpName = "DIR", Required = true };
    private readonly Option<int> count = new("--count")
    {
        Description = "Cases to write; one in five is held out for validation.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };
    private readonly Option<ulong> seed = new("--seed")
    {
        Description = "The same seed gives the same phantoms.",
        HelpName = "S",
        DefaultValueFactory = _ => 2023,
    };
    private readonly Option<string?> modality = new("--modality")
    {
        Description = $"Modalities in turn, of {string.Join(", ", PhantomModality.All)}; all by default.",
        HelpName = "LIST",
    };
    private readonly Option<string?> size = new("--size")
    {
        Description = "Voxels of every volume, such as 512x512x300; drawn by default. The body stays as large as it is.",
        HelpName = "N|XxYxZ",
    };
    private readonly Option<string?> spacing = new("--spacing")
    {
        Description = "Millimetres between voxels, such as 0.8,0.8,1.25; drawn by default.",
        HelpName = "S|X,Y,Z",
    };
    private readonly Option<string> format = new("--format") { Description = "nifti, npz or both.", HelpName = "FORMAT", DefaultValueFactory = _ => "both" };

    public PhantomVerb()
        : base(
            "phantom",
            "Writes labelled volumes that look like CT, MRI, PET, ultrasound and microscopy, with a manifest.json that train and evaluate read.",
            "xsam-engine phantom --out phantoms",
            "xsam-engine phantom --out ct --count 10 --modality CT --format nifti",
            "xsam-engine phantom --out large --count 1 --modality CT --size 512x512x300 --spacing 0.8,0.8,1.25")
    {
        Add(output);
        Add(count);
        Add(seed);
        Add(modality);
        Add(format);
        Add(size);
        Add(spacing);
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                result.AddError("--count must lie between 1 and 100000.");
            }
        });
    }

    public override int Run(VerbContext context)
    {
        var formats = Formats(context.Get(format)!);
        var config = new PhantomConfig(Modalities(context.Get(modality)), Size: Size(context.Get(size)), Spacing: Spacing(context.Get(spacing)));
        var (cases, number) = (context.Get(count), context.Get(seed));
        var (train, validation) = (PhantomDataset.Train(config, number, cases), PhantomDataset.Validation(config, number, cases));
        FreshFolder.Fill(context.Get(output)!, folder =>
        {
            var files = new PhantomFolder(folder, formats);
            for (var i = 0; i < cases; i++)
            {
                context.Cancel.ThrowIfCancellationRequested();
                var held = i % ValidationEvery == ValidationEvery - 1;
                files.Add(held ? validation[i] : train[i], held ? "val" : "train");
                context.Detail($"{i + 1} of {cases}");
            }

            files.Finish(number);
        });
        context.Terminal.Print($"Wrote {cases} phantoms to {context.Get(output)}, {cases / ValidationEvery} of them for validation.");
        return ExitCode.Ok;
    }

    private static PhantomFormats Formats(string text) => text.ToLowerInvariant() switch
    {
        "nifti" => PhantomFormats.Nifti,
        "npz" => PhantomFormats.Npz,
        "both" => PhantomFormats.Nifti | PhantomFormats.Npz,
        _ => throw new UsageException($"--format '{text}' is not known; expected nifti, npz or both."),
    };

    private static Size3? Size(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var sides = SizeText.Parse(text);
        return sides.Aggregate(1.0, (product, side) => product * side) <= MostVoxels
            ? new(sides[0], sides[1], sides[2])
            : throw new UsageException($"--size '{text}': a phantom has at most {MostVoxels} voxels, as many as 1024x1024x1024.");
    }

    private static Vector3d? Spacing(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var sides = text.Split(',', StringSplitOptions.TrimEntries)
            .Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var side) ? side : double.NaN).ToArray();
        return sides.Length is 1 or 3 && sides.All(side => side is >= FinestSpacing and <= CoarsestSpacing)
            ? new(sides[0], sides[sides.Length / 2], sides[^1])
            : throw new UsageException(
                $"--spacing '{text}': expected one number of millimetres or three from {FinestSpacing} to {CoarsestSpacing}, such as 1.5 or 0.8,0.8,1.25.");
    }

    private static IReadOnlyList<string>? Modalities(string? list) => list is null ? null :
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(name =>
            PhantomModality.All.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"--modality '{name}' is not known; expected some of {string.Join(",", PhantomModality.All)}.")),
    ];
}
