using System.CommandLine;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Segmenting;
using XlstmSam.Cli.Text;
using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Cli.Verbs;

/// <summary>segment: one object of one scan, from clicks, a box or a mask.</summary>
internal sealed class SegmentVerb : Verb
{
    private readonly Option<string> model = new("--model") { Description = "A run folder (its best weights) or a weight file.", HelpName = "RUN|FILE", Required = true };
    private readonly Option<string> image = new("--image") { Description = $"The scan: {ScanFormats.Endings}.", HelpName = "FILE", Required = true };
    private readonly Option<string[]> points = new("--point") { Description = "A click on the object (+) or beside it (-); may be given many times, in order.", HelpName = "x,y,z,+|-" };
    private readonly Option<string?> box = new("--box") { Description = "Two opposite corners around the object, both inside.", HelpName = "x0,y0,z0,x1,y1,z1" };
    private readonly Option<string?> mask = new("--mask") { Description = "A first guess on the image's grid.", HelpName = "FILE" };
    private readonly Option<string> space = new("--space") { Description = "voxel: 0-based index in the file's own axis order, i,j,k of a NIfTI, x,y,z of an npz. mm: world millimetres, R, A, S.", HelpName = "voxel|mm", DefaultValueFactory = _ => "voxel" };
    private readonly Option<string?> output = new("--out") { Description = $"The mask: {string.Join(", ", ScanFormats.MaskEndings)}.", HelpName = "FILE" };
    private readonly Option<string?> preview = new("--preview") { Description = "A picture of three planes with mask and clicks.", HelpName = "FILE.png" };
    private readonly Option<string?> modality = new("--modality") { Description = "ct, mri, pet, us or microscopy, where manifest or file name do not say.", HelpName = "NAME" };
    private readonly Option<string?> window = new("--window") { Description = "CT window: soft, lung, brain, bone, or width,level.", HelpName = "NAME|W,L" };
    private readonly Option<int?> volume = new("--volume") { Description = "Which volume of a NIfTI that holds several, from 0.", HelpName = "N" };
    private readonly SpacingOption spacing = new();
    private readonly Option<int?> objectNumber = new("--object") { Description = "Which object's prompts to take from an npz that holds some, from 1; where no prompt is given.", HelpName = "N" };
    private readonly Option<bool> interactive = new("--interactive") { Description = "Read a prompt a line from standard input; 'help' lists them." };
    private readonly Option<bool> json = new("--json") { Description = "Print JSON." };

    public SegmentVerb()
        : base(
            "segment",
            "Segments the object that clicks, a box or a mask point at. No ground truth is needed.",
            "xsam-engine segment --model runs/first --image scan.nii.gz --point 17,30,14,+ --out mask.nii.gz",
            "xsam-engine segment --model runs/first --image CT_1.npz --box 10,10,5,40,38,20 --point 22,19,9,- --out mask.npz --preview mask.png",
            "xsam-engine segment --model best.safetensors --image scan.nii.gz --space mm --interactive --out mask.nii.gz")
    {
        foreach (var option in (Option[])[model, image, points, box, mask, space, output, preview, modality, window, volume, spacing, objectNumber, interactive, json])
        {
            Add(option);
        }
    }

    public override int Run(VerbContext context)
    {
        var path = context.Get(image)!;
        CheckOptions(context);
        var terminal = context.Terminal;
        using var device = context.OpenDevice();
        var start = terminal.Clock.GetTimestamp();
        var clicks = context.Get(points) ?? [];
        var plan = InferencePlan.Of(TrainedModel.ReadConfig(context.Get(model)!, device.Backend), device, clicks.Length + 1);
        var planned = MemoryCheck.Inference(plan, "Segmentation", MemoryCheck.ScanBytes(ScanFormats.Of(path, "Image").CountVoxels(path)), device, context.RoomOn(device));
        using var network = TrainedModel.Load(context.Get(model)!, device.Backend);
        var description = ScanDescription.Find(path);
        var scan = ScanFormats.Read(path, new(context.Get(volume), spacing.Choose(context), description?.Spacing));
        var prompts = Prompts(context, scan, clicks);
        var intensities = IntensityReading.Decide(scan, context.Get(modality), context.Get(window), description);
        Tell(terminal, scan, intensities, network.Config);
        using var predictor = new Predictor(network);
        predictor.SetImage(PreparedScan.Prepare(scan.Image, intensities.Modality, scan.Origin, intensities.Window));
        var loaded = terminal.Clock.GetElapsedTime(start);
        context.Cancel.ThrowIfCancellationRequested();
        var segmenter = new Segmenter(predictor, terminal.Clock);
        var code = context.Get(interactive) ? Converse(context, scan, segmenter, prompts, predictor) : Once(context, scan, segmenter, prompts, predictor, loaded);
        context.Detail(device.PeakBeside(planned));
        return code;
    }

    /// <summary>Says how the scan is read and what is doubtful about it; refuses one in which nothing can be seen.</summary>
    private static void Tell(Terminal terminal, Scan scan, IntensityReading intensities, ModelConfig model)
    {
        terminal.Say(intensities.ToString());
        var scale = ScaleCheck.Of(scan.Image.Geometry, model);
        var values = IntensityCheck.Of(scan.Image, intensities.Modality, scan.Origin, intensities.Window);
        var word = intensities.UnknownWord is { } unknown ? [$"'{unknown}' is no modality that is known; --modality says which it is."] : Array.Empty<string>();
        foreach (var warning in scan.Warnings.Concat(word).Concat(values.Warnings).Concat(scale.Warning is { } doubt ? [doubt] : Array.Empty<string>()))
        {
            terminal.Warn(warning);
        }

        if ((values.Refusal ?? scale.Refusal) is { } refusal)
        {
            throw new InvalidDataException($"Image '{scan.Path}': {refusal}");
        }
    }

    private void CheckOptions(VerbContext context)
    {
        var (file, picture) = (context.Get(output), context.Get(preview));
        if (file is not null)
        {
            MaskFile.CheckMaskPlace(file, "--out", context.Get(image)!, context.Get(mask));
        }
        else if (!context.Get(interactive))
        {
            throw new UsageException("Give --out FILE for the mask.");
        }

        if (picture is not null)
        {
            ScanPath.RequireWritable(picture, "--preview", ".png");
            ScanPath.RequireOther(picture, "--preview", context.Get(image), "the image itself");
            ScanPath.RequireOther(picture, "--preview", file, "the mask of --out");
        }

        if (context.Get(space) is not ("voxel" or "mm"))
        {
            throw new UsageException($"--space '{context.Get(space)}' is not known; expected voxel or mm.");
        }
    }

    private PromptSpace Space(VerbContext context, Scan scan) => new(scan.Image.Geometry, context.Get(space) == "mm");

    private ObjectPrompts Prompts(VerbContext context, Scan scan, string[] clicks)
    {
        var coordinates = Space(context, scan);
        var prompts = new ObjectPrompts(
            [.. clicks.Select(text => PromptText.Point(text, coordinates))],
            context.Get(box) is { } corners ? PromptText.Box(corners, coordinates) : null,
            context.Get(mask) is { } guess ? MaskFile.Read(guess, scan.Image.Geometry) : null);
        if (prompts.IsEmpty && scan.Prompts.Count > 0)
        {
            prompts = FromFile(context, scan);
        }

        if (prompts.IsEmpty)
        {
            return context.Get(interactive)
                ? prompts
                : throw new UsageException("There is no prompt: give --point x,y,z,+ or --box x0,y0,z0,x1,y1,z1 or --mask FILE, or --interactive.");
        }

        return PromptCheck.Refusal(prompts) is { } refusal ? throw new UsageException(refusal) : prompts;
    }

    /// <summary>The prompts that the file itself holds for one of its objects.</summary>
    private ObjectPrompts FromFile(VerbContext context, Scan scan)
    {
        var number = context.Get(objectNumber) ?? 1;
        if (number < 1 || number > scan.Prompts.Count)
        {
            throw new UsageException($"--object {number}: '{scan.Path}' holds prompts of {scan.Prompts.Count} objects; expected 1 to {scan.Prompts.Count}.");
        }

        context.Say($"Prompts of object {number} of {scan.Prompts.Count} are taken from '{scan.Path}'{(scan.Prompts.Count > 1 && context.Get(objectNumber) is null ? "; --object chooses another" : "")}.");
        var held = scan.Prompts[number - 1];
        return new(
            [.. held.Clicks.Select(click => new PointPrompt(click.Voxel.ToVector(), click.IsPositive))],
            held.Box is { } around ? new BoxPrompt(around.Low.ToVector(), around.High.ToVector() - new Vector3d(1, 1, 1)) : null);
    }

    private int Once(VerbContext context, Scan scan, Segmenter segmenter, ObjectPrompts prompts, Predictor predictor, TimeSpan loaded)
    {
        var (answer, first, further) = segmenter.AskInTurn(prompts);
        Finish(context, scan, answer, prompts, predictor);
        var each = further.Count == 0 ? double.NaN : further.Average(time => time.TotalSeconds);
        if (context.Get(json))
        {
            JsonOutput.Print(context.Terminal, writer =>
            {
                writer.WriteNumber("voxels", answer.Voxels);
                writer.WriteNumber("millilitres", answer.Millilitres);
                writer.WriteNumber("loadSeconds", loaded.TotalSeconds);
                writer.WriteNumber("firstPromptSeconds", first.TotalSeconds);
                writer.WriteFinite("furtherPromptSeconds", each);
                writer.WriteNumber("encodes", answer.Encodes);
                writer.WriteString("out", context.Get(output));
            });
            return ExitCode.Ok;
        }

        context.Terminal.Print($"{Units.Count(answer.Voxels)} voxels, {Units.Fixed(answer.Millilitres, 3)} ml, written to {context.Get(output)}");
        context.Terminal.Print($"load {Units.Seconds(loaded)}, first prompt {Units.Seconds(first)}{(further.Count == 0 ? "" : $", each further {Units.Fixed(each, 3)} s")}");
        return ExitCode.Ok;
    }

    private int Converse(VerbContext context, Scan scan, Segmenter segmenter, ObjectPrompts prompts, Predictor predictor)
    {
        var lines = new PromptLines(segmenter, Space(context, scan), (file, found) => Save(file, found, scan, context.Get(mask)), context.Terminal);
        try
        {
            lines.Run(prompts, context.Cancel);
        }
        finally
        {
            // Whatever ends the conversation, the work is not lost.
            if (lines.Answer is { } answer)
            {
                Finish(context, scan, answer, lines.Prompts, predictor);
            }
        }

        if (lines.Answer is null && context.Get(output) is { } file)
        {
            context.Terminal.Warn($"there were no prompts, so '{file}' is not written.");
        }

        return ExitCode.Ok;
    }

    private static void Save(string file, Volume<byte> mask, Scan scan, string? guess)
    {
        MaskFile.CheckMaskPlace(file, "save", scan.Path, guess);
        MaskFile.Write(file, mask, scan);
    }

    private void Finish(VerbContext context, Scan scan, Answer answer, ObjectPrompts prompts, Predictor predictor)
    {
        if (answer.Voxels == 0)
        {
            context.Terminal.Warn("the mask is empty; click deeper inside the object, or give a box.");
        }

        foreach (var sentence in PromptCheck.Contradictions(prompts).Concat(PromptCheck.Unanswered(prompts, answer.Mask)))
        {
            context.Terminal.Warn(sentence);
        }

        if (context.Get(output) is { } file)
        {
            MaskFile.Write(file, answer.Mask, scan);
        }

        if (context.Get(preview) is { } picture)
        {
            Picture.Write(picture, predictor.Scan, answer.Mask, prompts);
        }
    }
}
