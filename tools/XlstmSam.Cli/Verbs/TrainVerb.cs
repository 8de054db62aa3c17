using System.CommandLine;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Text;
using XlstmSam.Cli.Training;
using XlstmSam.Engine;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.Training;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Cli.Verbs;

/// <summary>train: a new run, or the rest of one.</summary>
internal sealed class TrainVerb : Verb
{
    private const long MostCacheBytes = 1L << 30;

    /// <summary>Models with a larger grid take seconds per prompt; their table has one phantom of each modality.</summary>
    private const long LargestQuickGrid = 48 * 48 * 48;

    private readonly DataOptions data = new("A folder with manifest.json, an nnU-Net or Decathlon folder, or a folder of challenge npz; phantoms by default.", required: false);
    private readonly TrainingOptions shape = new();
    private readonly Option<string?> output = new("--out") { Description = "The run folder to create; runs/TIME by default.", HelpName = "RUN" };
    private readonly Option<string?> resume = new("--resume") { Description = "Continue this run, bit for bit as if it had not stopped.", HelpName = "RUN" };
    private readonly Option<string?> start = new("--init") { Description = "Start a new run from these weights, as far as they fit, instead of random ones.", HelpName = "RUN|FILE" };
    private readonly Option<double?> maxMinutes = new("--max-minutes") { Description = "Save and stop after this long; --resume continues.", HelpName = "M" };
    private readonly Option<string?> cache = new("--cache") { Description = "Where prepared cases are kept, or none; ~/.cache/xlstmsam by default.", HelpName = "DIR|none" };
    private readonly Option<double> cacheSize = new("--cache-size") { Description = "The most that the cache may hold on disk; the cases used longest ago go first.", HelpName = "GiB", DefaultValueFactory = _ => 20 };
    private readonly Option<string?> licence = new("--licence") { Description = "What the weight files say about their licence.", HelpName = "TEXT" };

    public TrainVerb()
        : base(
            "train",
            "Trains a model. Without --data it makes labelled phantoms, learns to segment them, and evaluates on others.",
            "xsam-engine train",
            "xsam-engine train --data DIR --config configs/hippocampus.json --out runs/hippocampus",
            "xsam-engine train --resume runs/hippocampus --max-minutes 30",
            "xsam-engine train --preset paper --data DIR --device cuda --precision tf32")
    {
        foreach (var option in data.All.Concat(shape.All).Concat([output, resume, start, maxMinutes, cache, cacheSize, licence]))
        {
            Add(option);
        }
    }

    public override int Run(VerbContext context)
    {
        var folder = Folder(context);
        var source = Source(context, folder);
        var isResumed = context.Get(resume) is not null;
        var config = isResumed ? Continued(context, folder) : shape.Choose(context, source.IsPhantoms);
        ModelRules.RequireScanInput(config.Model);
        if (isResumed && folder.HasState && folder.ReadState().Progress is { ValidationDue: false } done && done.Step >= done.Steps && !shape.IsLengthGiven(context))
        {
            context.Terminal.Print($"Run '{folder.Path}' is finished: {done.Step} of {done.Steps} steps are done. --steps N with more steps extends it.");
            return ExitCode.Ok;
        }

        var limit = context.Get(maxMinutes) is { } minutes ? minutes > 0 ? TimeSpan.FromMinutes(Math.Min(minutes, 1e6)) : throw new UsageException("--max-minutes must be positive.") : (TimeSpan?)null;
        var before = RunDevice.Find(folder);
        using var device = context.OpenDevice(before?.CardPrecision ?? CudaPrecision.Tf32);
        var room = context.RoomOn(device);
        var (plan, reason) = RecomputeChoice.Of(config, device, room.Bytes);
        config = plan.Config;
        context.Say($"Training {config.Model.Name} needs {Units.Bytes(plan.PeakBytes)} of memory on '{device.Backend.Name}'; {Units.Bytes(room.Bytes)} are free.");
        context.Say(reason);
        TrainingMemoryCheck.Require(plan, device, room);
        var now = RunDevice.Of(device);
        if (before is not null && before != now)
        {
            context.Terminal.Warn($"run '{folder.Path}' was computed on {before} and continues on {now}: it will not end with the bits of a run that stays on one.");
        }

        var set = source.Open();
        DataSetText.Tell(context, set);

        var splits = Splits.Of(set.Cases, config.Training.ValidationShare, config.Training.Seed);
        context.Say($"{set.Name}: {splits.Train.Count} cases to train on, {splits.Validation.Count} to validate with. Run folder {folder.Path}.");
        var spare = room.HostBytes is { } host ? host - plan.HostBytes : room.Bytes - plan.PeakBytes;
        var cacheBytes = Math.Clamp(spare / 2, TrainingPlan.LeastCacheBytes, MostCacheBytes);
        var prepared = new CaseCache(CacheFolder(context), cacheBytes, CacheLimit(context));
        splits = source.IsPhantoms ? splits : SurveyText.Surveyed(context, splits, prepared, config);
        source = source.Claiming(set.Name, splits.Train, folder, context.Terminal.Warn);
        var end = Train(context, device, folder, source, plan, splits, prepared, limit);
        context.Say(device.PeakBeside(plan.PeakBytes + (plan.SharesHostMemory ? cacheBytes - TrainingPlan.LeastCacheBytes : 0)));
        if (end != TrainingEnd.Finished)
        {
            context.Say($"Saved. Continue with: xsam-engine train --resume {folder.Path}");
            return end == TrainingEnd.Interrupted ? ExitCode.Interrupted : ExitCode.Ok;
        }

        if (source.IsPhantoms)
        {
            Evaluate(context, device, folder, set);
        }

        foreach (var line in NextCommands(folder.Path, source))
        {
            context.Terminal.Print(line);
        }

        return ExitCode.Ok;
    }

    private TrainingEnd Train(VerbContext context, Device device, RunFolder folder, RunData source, TrainingPlan plan, Splits splits, CaseCache prepared, TimeSpan? limit)
    {
        var config = plan.Config;
        Directory.CreateDirectory(folder.Path);
        source.Save(folder);
        if (!folder.HasState)
        {
            folder.SaveConfig(config);
        }

        RunDevice.Of(device).Save(folder);
        var samples = new SampleSource(splits.Train, prepared, config.Model, config.Training);
        using var model = ModelFamilies.Build(config.Model, device.Backend, training: true, config.Training.Recompute);
        using var slab = new Slab(device.Backend);
        slab.Reserve(plan.PassBytes, plan.ScratchBytes);
        var validator = new Validator(splits.Validation, prepared, model, config.Training.ValidationCases, slab, (info, error) => context.Terminal.Warn($"case '{info.Id}' is left out of the validation: {error.Message}"));
        var metadata = new Dictionary<string, string>
        {
            ["data"] = source.Name!,
            ["licence"] = (source.Licence ?? (source.IsPhantoms ? "CC0-1.0" : $"that of the training data, '{source.Name}'"))
                + (source.StartedFrom is null ? "" : $"; and that of the weights it started from: {source.StartedFrom}"),
            ["program"] = $"xsam-engine {EngineCommand.Version}",
        };
        var display = new ProgressDisplay(context.Terminal, () => device.TakenBytes);
        try
        {
            var trainer = new Trainer(new(model, config, folder, samples, validator.IsEmpty ? null : validator.Run, metadata, slab)
            {
                Start = context.Get(start) is { } weights ? fresh => Fill(context, weights, fresh) : null,
                Extension = context.Get(resume) is not null && shape.IsLengthGiven(context) ? Trainer.StepsOf(config.Training, samples.SamplesPerEpoch) : null,
            }, display);
            return trainer.Run(context.Get(resume) is not null, limit, context.Cancel);
        }
        finally
        {
            display.Clear();
        }
    }

    private RunFolder Folder(VerbContext context)
    {
        if (context.Get(resume) is { } run)
        {
            var fixedAtStart = shape.FixedAtStart.Concat([output, licence, start]).Concat(context.Get(data.Folder) is null ? data.All : []);
            var changed = fixedAtStart.FirstOrDefault(context.IsGiven);
            return changed is null
                ? Directory.Exists(run) ? new(run) : throw new DirectoryNotFoundException($"Run '{run}': there is no such folder.")
                : throw new UsageException($"--resume continues a run as it was started; {changed.Name} cannot change it.");
        }

        var stamp = context.Terminal.Clock.GetLocalNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture);
        var folder = new RunFolder(context.Get(output) ?? Path.Combine("runs", stamp));
        var present = ((string[])[folder.StatePath, folder.BestPath, folder.LastPath, folder.ConfigPath]).FirstOrDefault(File.Exists);
        return present is null ? folder : throw new UsageException(
            folder.CanResume ? $"Run '{folder.Path}' exists: continue it with --resume {folder.Path}, or give another --out." : $"--out '{folder.Path}': it holds '{Path.GetFileName(present)}' already; give another --out.");
    }

    private RunData Source(VerbContext context, RunFolder folder)
    {
        if (context.Get(resume) is null)
        {
            var seed = shape.Choose(context, isPhantoms: true).Training.Seed;
            var options = data.Choose(context);
            return new(context.Get(data.Folder), options.Filter, options.Source, options.SpacingOrder, seed, Licence: context.Get(licence))
            {
                Modality = options.Modality,
                AllowsOutside = options.AllowsOutside,
                Truth = options.Truth,
                StartedFrom = context.Get(start) is { } weights ? WeightOrigin.Of(TrainedModel.WeightsOf(weights)) : null,
            };
        }

        return context.Get(data.Folder) is { } moved ? Moved(context, moved, RunData.Find(folder)) : RunData.Read(folder);
    }

    /// <summary>The data of a run in another place: what is not said again stays as it was.</summary>
    private RunData Moved(VerbContext context, string place, RunData? kept) => new(
        place,
        context.Get(data.Filter) ?? kept?.Filter,
        kept is null || data.IsSourceGiven(context) ? data.Source(context) : kept.Source,
        data.Spacing.Choose(context) ?? kept?.Order,
        kept?.Seed ?? 0,
        kept?.Name,
        kept?.Licence,
        kept?.Cases,
        kept?.Digest)
    {
        Modality = data.Choose(context).Modality ?? kept?.Modality,
        AllowsOutside = data.Choose(context).AllowsOutside || (kept?.AllowsOutside ?? false),
        Truth = data.Choose(context).Truth ?? kept?.Truth,
        StartedFrom = kept?.StartedFrom,
        Known = kept?.Known ?? new Dictionary<string, string>(),
    };

    /// <summary>The configuration that a run goes on with: that of its state, longer where the user asks for it. An edited config.json is refused.</summary>
    private RunConfig Continued(VerbContext context, RunFolder folder)
    {
        var (config, progress) = folder.ReadState();
        if (folder.EditedConfig() is { } edited)
        {
            throw new InvalidDataException(
                $"'{folder.ConfigPath}' was edited ({edited}), but a run continues with the configuration it was started with, which is in its state. Undo the change; to train longer give --steps N, for anything else start a new run with --init {folder.Path}.");
        }

        if (!shape.IsLengthGiven(context))
        {
            return config;
        }

        var longer = config with { Training = shape.Lengthened(context, config.Training) };
        TrainingRules.Check(longer.Training, "the command line");
        if (longer.Training.Steps > 0 && longer.Training.Steps <= progress.Step)
        {
            throw new UsageException($"--steps {longer.Training.Steps}: run '{folder.Path}' has done {progress.Step} of {progress.Steps} steps already; give more than {progress.Step}.");
        }

        context.Terminal.Warn(
            $"run '{folder.Path}' goes on from step {progress.Step} of {progress.Steps} with another length; from here the learning rate follows the new schedule, so it will not end with the bits of a run that had this length from the start.");
        return longer;
    }

    private static void Fill(VerbContext context, string weights, IPromptModel model)
    {
        foreach (var line in WeightStart.From(TrainedModel.WeightsOf(weights), model).Lines())
        {
            context.Say(line);
        }
    }

    private string? CacheFolder(VerbContext context) => context.Get(cache) switch { null => CaseCache.DefaultFolder, "none" => null, var folder => folder };

    private long CacheLimit(VerbContext context) => context.Get(cacheSize) is > 0 and < 1e6 and var gibibytes
        ? (long)(gibibytes * (1L << 30))
        : throw new UsageException("--cache-size must be a positive number of GiB.");

    private static void Evaluate(VerbContext context, Device device, RunFolder folder, DataSet set)
    {
        using var model = TrainedModel.Load(folder.Path, device.Backend);
        using var predictor = new Predictor(model);
        var unseen = set.Cases.Where(info => info.Split == CaseSplit.Test).Take(model.Input.Size.Count > LargestQuickGrid ? PhantomModality.All.Count : int.MaxValue).ToArray();
        context.Say($"Evaluating on {unseen.Length} phantoms that were not trained on.");
        context.Terminal.Print(PhantomReport.Of(unseen, predictor, context.Cancel));
        context.Terminal.Print("");
    }

    private static IEnumerable<string> NextCommands(string run, RunData source)
    {
        yield return "Next:";
        if (source.Folder is { } folder)
        {
            yield return $"  xsam-engine evaluate --model {run} --data {folder}{(source.Filter is null ? "" : $" --filter '{source.Filter}'")} --out scores.csv";
            yield return $"  xsam-engine segment --model {run} --image SCAN.nii.gz --point x,y,z,+ --out mask.nii.gz --preview mask.png";
            yield break;
        }

        yield return "  xsam-engine phantom --out phantoms --count 5 --seed 7";
        yield return $"  xsam-engine evaluate --model {run} --data phantoms --out scores.csv";
        yield return $"  xsam-engine segment --model {run} --image phantoms/nifti/phantom_CT_000000_image.nii.gz --interactive --out mask.nii.gz --preview mask.png";
        yield return "  xsam-engine train --data DIR --out runs/mine      # your own scans: nnU-Net, Decathlon, npz or manifest.json";
    }
}
